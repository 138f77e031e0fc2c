package io.turnlane.processor.rebuild;

import java.time.Duration;
import java.time.Instant;

/**
 * How a partition's memory was found whole, or made so; also what is kept of it in the store, as JSON.
 *
 * @param digest of the markers when it began: a loss meanwhile makes them differ
 * @param processor that did it
 * @param sessions that the log told of and whose memory was looked after
 * @param turns that memory missed and has now
 * @param dropped sessions that were too many or too large to be kept, the longest idle first
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
