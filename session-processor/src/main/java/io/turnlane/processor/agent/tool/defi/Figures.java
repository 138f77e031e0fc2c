package io.turnlane.processor.agent.tool.defi;

import java.util.Locale;

/** Numbers as arguments and in texts. */
final class Figures {

    private Figures() {}

    /** Checks that an argument is greater than {@code min}, and at most {@code max}. */
    static void check(String argument, double value, double min, double max) {
        if (!(value > min && value <= max)) { // also rejects NaN
            throw new IllegalArgumentException(
                    argument + " must be greater than " + plain(min) + " and at most " + plain(max));
        }
    }

    /** Returns the number with 2 decimals, or with 4 significant digits if it is small: {@code 1,212.12}. */
    static String amount(double value) {
        return Math.abs(value) >= 1 || value == 0
                ? String.format(Locale.ROOT, "%,.2f", value)
                : String.format(Locale.ROOT, "%.4g", value);
    }

    /** Returns the number with at most 2 decimals: {@code 5.72 %}. */
    static String percent(double value) {
        return plain(rounded(value)) + " %";
    }

    /** Returns the number rounded to 2 decimals. */
    static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    private static String plain(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.2f", value).replaceFirst("0+$", "");
    }
}
