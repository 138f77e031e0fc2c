package io.turnlane.processor.intake;

import java.time.Duration;

/**
 * Settings of a poll thread.
 *
 * @param topic name of the topic
 * @param maxTurns maximum number of records held in the heap at once
 * @param maxBytes maximum total size of the records held in the heap, in bytes
 * @param maxUnloaded maximum number of further turns of which only the log position is in the heap, because many turns
 *     are ahead of them in their lanes
 * @param pollTime maximum time that a poll waits for records; also the maximum delay of the poll thread's other work:
 *     commits, pauses and new fences
 * @param commitInterval minimum time between two commits of offsets
 */
public record IntakeSettings(
        String topic, int maxTurns, long maxBytes, int maxUnloaded, Duration pollTime, Duration commitInterval) {

    public IntakeSettings {
        if (maxTurns < 1 || maxBytes < 1 || maxUnloaded < 1 || !pollTime.isPositive() || !commitInterval.isPositive()) {
            throw new IllegalArgumentException("intake settings must be positive");
        }
    }
}
