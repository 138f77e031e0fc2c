package io.turnlane.processor.intake;

import java.time.Duration;

/**
 * How turns are taken from the log.
 *
 * @param topic of the turns
 * @param maxTurns held at once
 * @param maxBytes of them
 * @param maxUnloaded held besides: turns in deep lanes, of which only the place in the log is kept
 * @param pollTime how long a poll waits for records; completed offsets, pauses and fences wait no longer than this
 * @param commitInterval between two commits of the frontier
 */
public record IntakeSettings(
        String topic, int maxTurns, long maxBytes, int maxUnloaded, Duration pollTime, Duration commitInterval) {

    public IntakeSettings {
        if (maxTurns < 1 || maxBytes < 1 || maxUnloaded < 1 || !pollTime.isPositive() || !commitInterval.isPositive()) {
            throw new IllegalArgumentException("intake settings are positive");
        }
    }
}
