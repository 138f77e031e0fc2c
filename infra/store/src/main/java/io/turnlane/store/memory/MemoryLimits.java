package io.turnlane.store.memory;

import java.time.Duration;

/**
 * Limits on the size and lifetime of stored data.
 *
 * @param turns maximum number of turns in a session's history
 * @param bytes maximum size of a session's history in Redis, in bytes; the newest turn is kept even if it is larger
 * @param results lifetime of a request record, and minimum lifetime of a session with open turns
 * @param tombstones lifetime of a tombstone, equal to the retention of the turns topic
 * @param crashes number of processor crashes during a turn after which the turn ends as {@code poison}
 * @param life maximum lifetime of a turn, counted from its first attempt
 */
public record MemoryLimits(int turns, int bytes, Duration results, Duration tombstones, int crashes, Duration life) {

    public MemoryLimits {
        if (turns < 1
                || bytes < 1
                || crashes < 1
                || !results.isPositive()
                || !tombstones.isPositive()
                || !life.isPositive()) {
            throw new IllegalArgumentException("memory limits must be positive");
        }
    }
}
