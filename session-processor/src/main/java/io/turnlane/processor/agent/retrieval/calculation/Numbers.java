package io.turnlane.processor.agent.retrieval.calculation;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers in questions, such as {@code 1,000}, {@code 82.5} or {@code 2.5M}. */
final class Numbers {

    /**
     * Pattern with one group. A comma separates groups of three digits. Neither a letter nor a further part of the
     * number may follow, so that no part of a longer number matches.
     */
    static final String NUMBER = "(?<![\\w.,])((?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?"
            + "\\s?(?:k|m|thousand|million|billion)?)(?!\\w|[.,]\\d)";

    static final String PERCENT = NUMBER + "\\s?(?:%|percent\\b|per cent\\b)";

    /** Pattern of the name of a token or currency, with one group. */
    static final String TOKEN = "([a-z][a-z0-9]{1,9})\\b";

    private static final Pattern PARTS = Pattern.compile("([\\d,.]+)\\s?([a-z]*)");

    private Numbers() {}

    /** Returns the value of a text that matches {@link #NUMBER}. */
    static double value(String number) {
        Matcher parts = PARTS.matcher(number.toLowerCase(Locale.ROOT).strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a number");
        }
        double factor = switch (parts.group(2)) {
            case "k", "thousand" -> 1e3;
            case "m", "million" -> 1e6;
            case "billion" -> 1e9;
            default -> 1;
        };
        return Double.parseDouble(parts.group(1).replace(",", "")) * factor;
    }

    /**
     * Returns the number in the first group of the pattern. Returns empty if the pattern matches no part of the
     * question, or several parts with different numbers.
     */
    static Optional<Double> only(Pattern pattern, String question) {
        var values = pattern.matcher(question)
                .results()
                .map(match -> value(match.group(1)))
                .distinct()
                .toList();
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    /** Compiles a pattern that does not distinguish upper and lower case. */
    static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
