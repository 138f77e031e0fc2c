package io.turnlane.processor.replay.compare;

import org.jspecify.annotations.Nullable;

/**
 * Differences between the recorded end of a turn (reference) and the end of a replay. A number is null if one of the
 * ends does not have it.
 *
 * @param exact true if both are answers with the same text and artifacts, or errors with the same code
 * @param normalised true if {@code exact} is, or if both are answers whose texts are the same apart from white space,
 *     case and Markdown emphasis, and whose artifacts are the same
 * @param similarity cosine of the embeddings of both texts, at most 1; 0 if only one end is an answer; null if both
 *     ends are errors
 * @param sources number of sources that both answers have, divided by the number of different sources; 1 if neither
 *     answer has a source
 * @param sameArtifacts true unless both are answers with different artifacts
 * @param sameTools true if the last attempts called the same tools in the same order
 * @param confidence change of the confidence
 * @param latencyMs change of the latency, in milliseconds
 * @param latencyRatio latency of the replay divided by the latency of the reference, each at least 1 ms
 * @param tokens change of the number of tokens
 * @param cost change of the cost, if both have a cost in the same currency
 * @param error change of the error: one of the constants of this class
 */
public record Differences(
        boolean exact,
        boolean normalised,
        @Nullable Double similarity,
        double sources,
        boolean sameArtifacts,
        boolean sameTools,
        @Nullable Double confidence,
        @Nullable Long latencyMs,
        @Nullable Double latencyRatio,
        long tokens,
        @Nullable Double cost,
        String error) {

    /** Value of {@link #error}: both ends are answers. */
    public static final String NO_ERROR = "none";

    /** Value of {@link #error}: both ends are errors with the same code. */
    public static final String SAME_ERROR = "same";

    /** Value of {@link #error}: both ends are errors with different codes. */
    public static final String CHANGED_ERROR = "changed";

    /** Value of {@link #error}: only the replay ended with an error. */
    public static final String NEW_ERROR = "new";

    /** Value of {@link #error}: only the reference ended with an error. */
    public static final String GONE_ERROR = "gone";

    /**
     * Returns how much worse the replay is than the reference, from 0 for the same end to 3 for a new error. Reports
     * sort turns by this number.
     */
    public double severity() {
        return switch (error) {
            case NEW_ERROR -> 3;
            case CHANGED_ERROR -> 2;
            case GONE_ERROR -> 1;
            case SAME_ERROR -> 0;
            default -> severityOfAnswer();
        };
    }

    private double severityOfAnswer() {
        if (exact) {
            return sources < 1 || !sameTools ? 0.01 : 0;
        }
        double distance = similarity == null ? 1 : Math.clamp(1 - similarity, 0, 1);
        double others = (1 - sources) * 0.1 + (sameArtifacts ? 0 : 0.2) + (sameTools ? 0 : 0.1);
        return (normalised ? 0.01 : 0.02) + distance + others;
    }
}
