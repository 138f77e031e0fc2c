package io.turnlane.processor.replay.compare;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Text of an answer without the parts that do not change its meaning. */
final class PlainText {

    /** Marks at the start of a line: headings, quotes and bullets. */
    private static final Pattern LINE_MARKS = Pattern.compile("(?m)^\\s*(?:#{1,6}\\s+|>\\s?|[-+*•]\\s+)");

    /** Emphasis and code marks. A single star or underscore counts only at the edge of a word. */
    private static final Pattern EMPHASIS =
            Pattern.compile("\\*\\*|__|`+|(?<![\\p{L}\\p{N}])[*_](?=\\S)|(?<=\\S)[*_](?![\\p{L}\\p{N}])");

    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    private PlainText() {}

    /** Returns the text in lower case, without Markdown marks, and with single blanks. */
    static String of(String markdown) {
        String text = Normalizer.normalize(markdown, Normalizer.Form.NFKC);
        text = LINE_MARKS.matcher(text).replaceAll("");
        text = EMPHASIS.matcher(text).replaceAll("");
        return WHITE_SPACE.matcher(text).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }
}
