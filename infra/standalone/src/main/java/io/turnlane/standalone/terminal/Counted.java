package io.turnlane.standalone.terminal;

/** A number with its noun, for output. */
public final class Counted {

    private Counted() {}

    /** Returns the number and the noun, for example {@code 1 turn} or {@code 2 turns}. */
    public static String of(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
