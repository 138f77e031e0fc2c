package io.turnlane.standalone.replay;

import io.turnlane.model.Usage;
import io.turnlane.processor.replay.ComparedTurn;
import io.turnlane.processor.replay.compare.Differences;
import io.turnlane.processor.replay.compare.TurnOutcome;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Condition under which a replay fails, for example {@code similarity<0.9 > 2%}: a condition on a turn, and the number
 * or the share of turns for which the condition may hold.
 *
 * @param text the gate as the operator wrote it
 * @param comparison comparison of the metric with {@code bound}; null for a metric that is true or false
 * @param inclusive true if the gate also fails when exactly {@code limit} is reached
 * @param limit number of turns, or their share from 0 to 1
 * @param isShare true if {@code limit} is a share of the compared turns
 */
record Gate(
        String text,
        Metric metric,
        @Nullable Comparison comparison,
        double bound,
        boolean inclusive,
        double limit,
        boolean isShare) {

    private static final Pattern FORM = Pattern.compile("\\s*([a-z_]+)\\s*"
            + "(?:(<=|>=|<|>)\\s*(-?\\d+(?:\\.\\d+)?)\\s*)?"
            + "(>=|>)\\s*(\\d+(?:\\.\\d+)?)\\s*(%?)\\s*");

    /** Property of a turn to which a gate refers. */
    enum Metric {
        DIFFERENT,
        CHANGED,
        ARTIFACTS,
        TOOLS,
        ERROR_NEW,
        ERROR_GONE,
        ERROR_CHANGED,
        SIMILARITY,
        SOURCES,
        CONFIDENCE,
        LATENCY,
        LATENCY_MS,
        TOKENS,
        COST;

        boolean isNumber() {
            return compareTo(SIMILARITY) >= 0;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns the value, which is 1 or 0 for a metric that is true or false; null if a turn has none. */
        @Nullable
        Double of(TurnOutcome reference, TurnOutcome replay, Differences differences) {
            return switch (this) {
                case DIFFERENT -> truth(!differences.exact());
                case CHANGED -> truth(!differences.normalised());
                case ARTIFACTS -> truth(!differences.sameArtifacts());
                case TOOLS -> truth(!differences.sameTools());
                case ERROR_NEW -> truth(differences.error().equals(Differences.NEW_ERROR));
                case ERROR_GONE -> truth(differences.error().equals(Differences.GONE_ERROR));
                case ERROR_CHANGED -> truth(differences.error().equals(Differences.CHANGED_ERROR));
                case SIMILARITY -> differences.similarity();
                case SOURCES -> differences.sources();
                case CONFIDENCE -> differences.confidence();
                case LATENCY -> differences.latencyRatio();
                case LATENCY_MS -> replay.latencyMs() == null ? null : (Double) (double) replay.latencyMs();
                case TOKENS -> ratio(reference.usage().tokens(), replay.usage().tokens());
                case COST -> costRatio(reference.usage(), replay.usage());
            };
        }

        private static Double truth(boolean value) {
            return value ? 1.0 : 0.0;
        }

        private static @Nullable Double costRatio(Usage before, Usage after) {
            return before.cost() == null || after.cost() == null
                    ? null
                    : ratio(before.costInBillionths(), after.costInBillionths());
        }

        private static @Nullable Double ratio(long before, long after) {
            return before == 0 ? null : (Double) ((double) after / before);
        }
    }

    /** Comparison of a number with a bound. */
    enum Comparison {
        LESS("<"),
        LESS_OR_EQUAL("<="),
        MORE(">"),
        MORE_OR_EQUAL(">=");

        private final String sign;

        Comparison(String sign) {
            this.sign = sign;
        }

        boolean holds(double value, double bound) {
            return switch (this) {
                case LESS -> value < bound;
                case LESS_OR_EQUAL -> value <= bound;
                case MORE -> value > bound;
                case MORE_OR_EQUAL -> value >= bound;
            };
        }

        private static Comparison of(String sign) {
            return Arrays.stream(values())
                    .filter(one -> one.sign.equals(sign))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /**
     * Result of a gate.
     *
     * @param turns number of turns for which the condition holds
     * @param share these turns divided by the compared turns
     */
    record GateResult(String gate, long turns, double share, boolean failed) {}

    /**
     * Parses a gate.
     *
     * @throws IllegalArgumentException if the text is not a gate; the message shows the form
     */
    static Gate parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a gate. A gate has the form"
                    + " \"similarity<0.9 > 2%\" or \"error_new > 0\".");
        }
        Metric metric = metric(form.group(1));
        boolean compares = form.group(2) != null;
        if (metric.isNumber() != compares) {
            throw new IllegalArgumentException(
                    metric.isNumber()
                            ? "\"" + text + "\": " + metric.word() + " is a number and needs a comparison, as in \""
                                    + metric.word() + "<0.9 > 2%\"."
                            : "\"" + text + "\": " + metric.word() + " is true or false and has no comparison, as in \""
                                    + metric.word() + " > 2%\".");
        }
        boolean isShare = !form.group(6).isEmpty();
        double limit = Double.parseDouble(form.group(5));
        return new Gate(
                text.strip(),
                metric,
                compares ? Comparison.of(form.group(2)) : null,
                compares ? Double.parseDouble(form.group(3)) : 0,
                form.group(4).equals(">="),
                isShare ? limit / 100 : limit,
                isShare);
    }

    private static Metric metric(String word) {
        return Arrays.stream(Metric.values())
                .filter(one -> one.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no metric " + word + ". The metrics are "
                        + Arrays.stream(Metric.values()).map(Metric::word).collect(Collectors.joining(", ")) + "."));
    }

    /**
     * Returns true if the condition holds for the turn. With a baseline, the condition must not hold for the baseline,
     * so that the variation of the recorded agent's own answers does not count.
     */
    boolean matches(ComparedTurn turn) {
        TurnOutcome baseline = turn.baseline();
        Differences ofBaseline = turn.baselineDifferences();
        return holds(turn.recorded(), turn.replayed(), turn.differences())
                && (baseline == null || ofBaseline == null || !holds(turn.recorded(), baseline, ofBaseline));
    }

    private boolean holds(TurnOutcome reference, TurnOutcome replay, Differences differences) {
        Double value = metric.of(reference, replay, differences);
        return value != null && (comparison == null ? value > 0 : comparison.holds(value, bound));
    }

    /**
     * Returns the result.
     *
     * @param turns number of turns for which the condition holds
     * @param compared number of compared turns
     */
    GateResult evaluate(long turns, long compared) {
        double share = compared == 0 ? 0 : (double) turns / compared;
        double value = isShare ? share : turns;
        return new GateResult(text, turns, share, inclusive ? value >= limit : value > limit);
    }
}
