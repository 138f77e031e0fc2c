package io.turnlane.processor.rebuild.recall;

/**
 * Bounds on the sessions that one log pass collects. If a bound is exceeded, the longest idle sessions are dropped.
 *
 * @param turns maximum number of turns per session
 * @param bytes maximum total size of the sessions' records
 */
public record RecallLimits(int turns, int sessions, long bytes) {

    public RecallLimits {
        if (turns < 1 || sessions < 1 || bytes < 1) {
            throw new IllegalArgumentException("recall limits must be positive");
        }
    }
}
