package io.turnlane.chaos.check.rule;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Canaries in texts. */
final class CanaryCheck {

    private static final Pattern MARK = Pattern.compile("c-[A-Za-z0-9._-]+");

    private CanaryCheck() {}

    /**
     * The first mark in the text that isn't this one; null where there is none. A long answer may be cut anywhere, so
     * that a beginning of the mark at the text's end is the mark.
     */
    static @Nullable String foreign(String text, String own) {
        Matcher marks = MARK.matcher(text);
        while (marks.find()) {
            String mark = marks.group();
            boolean cut = marks.end() == text.length() && own.startsWith(mark);
            if (!mark.equals(own) && !cut) {
                return mark;
            }
        }
        return null;
    }
}
