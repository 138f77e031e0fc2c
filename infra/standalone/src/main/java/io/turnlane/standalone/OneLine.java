package io.turnlane.standalone;

/** Makes text from other programs safe for a terminal: one line, no control characters, limited length. */
final class OneLine {

    private OneLine() {}

    static String of(String text, int most) {
        String plain =
                text.replaceAll("\\s+", " ").replaceAll("\\p{C}", "\uFFFD").strip();
        return plain.codePointCount(0, plain.length()) <= most
                ? plain
                : plain.substring(0, plain.offsetByCodePoints(0, most - 1)) + "…";
    }
}
