package io.turnlane.processor.intake;

import java.time.Duration;

/**
 * Settings of a poll thread.
 *
 * @param maxTurns maximum number of records held in the heap at once
 * @param maxBytes maximum total size of the records held in the heap, in bytes
 * @param maxUnloaded maximum number of unloaded turns; an unloaded turn has many turns ahead of it in its lane, and
 *     only its log position is in the heap
 * @param pollTime maximum time that a poll waits for records; the poll thread's other work (commits, pauses and new
 *     fences) can be delayed by this time
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
