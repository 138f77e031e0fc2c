package io.turnlane.standalone.terminal;

/** Makes text from other programs safe for a terminal: one line, no control characters, limited length. */
public final class OneLine {

    private OneLine() {}

    /** @param most maximum length of the result in code points; longer text ends with an ellipsis */
    public static String of(String text, int most) {
        String plain =
                text.replaceAll("\\s+", " ").replaceAll("\\p{C}", "\uFFFD").strip();
        return plain.codePointCount(0, plain.length()) <= most
                ? plain
                : plain.substring(0, plain.offsetByCodePoints(0, most - 1)) + "…";
    }
}
