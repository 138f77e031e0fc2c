package io.turnlane.processor.rebuild.recall;

/**
 * How much one pass keeps; of what is more the longest idle sessions are dropped.
 *
 * @param turns of each session
 * @param sessions in all
 * @param bytes of their records in all
 */
public record RecallLimits(int turns, int sessions, long bytes) {

    public RecallLimits {
        if (turns < 1 || sessions < 1 || bytes < 1) {
            throw new IllegalArgumentException("limits of a recall are positive");
        }
    }
}
