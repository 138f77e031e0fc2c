package io.turnlane.processor.past;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Offset and timestamp of a record in the turns topic.
 *
 * @param eventsFrom offset in the events topic at which streams of the turn start; null if the gateway didn't know this
 *     offset
 */
public record CommandPosition(
        long offset, Instant loggedAt, @Nullable Long eventsFrom) {}
