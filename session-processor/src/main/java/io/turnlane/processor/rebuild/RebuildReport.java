package io.turnlane.processor.rebuild;

import java.time.Duration;
import java.time.Instant;

/**
 * Result of a rebuild of one partition. Also stored as JSON.
 *
 * @param digest digest of the loss markers when the rebuild began; if memory is lost during the rebuild, the current
 *     digest differs from this one
 * @param processor processor that ran the rebuild
 * @param sessions number of sessions found in the log and checked in memory
 * @param turns number of turns that were missing from memory and are restored
 * @param dropped number of sessions that were dropped because of the limits on number and size, the longest idle first
 */
public record RebuildReport(
        String digest,
        int partition,
        String processor,
        Instant at,
        int sessions,
        int turns,
        int dropped,
        Duration took) {}
