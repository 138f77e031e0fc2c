package io.turnlane.processor.memory;

import java.time.Duration;

/**
 * How much is kept, and how long.
 *
 * @param turns of history a session
 * @param bytes of history a session, as stored; the newest turn is kept whatever its size
 * @param results how long a request's record lives
 * @param tombstones how long a deletion is remembered: as long as the turns topic keeps records
 * @param crashes how often a turn may end its processor
 * @param running how long a session is kept at least while one of its turns runs
 * @param life the longest life of a turn, from its first run on
 */
public record MemoryLimits(
        int turns, int bytes, Duration results, Duration tombstones, int crashes, Duration running, Duration life) {

    public MemoryLimits {
        if (turns < 1
                || bytes < 1
                || crashes < 1
                || !results.isPositive()
                || !tombstones.isPositive()
                || !running.isPositive()
                || !life.isPositive()) {
            throw new IllegalArgumentException("memory limits are positive");
        }
    }
}
