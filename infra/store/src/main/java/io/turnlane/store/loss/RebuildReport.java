package io.turnlane.store.loss;

import java.time.Duration;
import java.time.Instant;

/**
 * Result of a rebuild of one partition. Also stored as JSON.
 *
 * @param digest digest of the loss markers when the rebuild began; if it differs from the current digest, memory was
 *     lost during or after the rebuild
 * @param sessions number of sessions that the log contained and whose missing data was restored
 * @param turns number of turns that were missing from memory and are restored
 * @param dropped number of sessions that were not restored: those whose data could not be stored, and the longest idle
 *     ones beyond the limits on number and size
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
