package io.turnlane.processor.past;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Of a record in the turns topic: its offset and its timestamp.
 *
 * @param eventsFrom where streams of its turn start to read; null where its gateway didn't know
 */
public record CommandPosition(
        long offset, Instant loggedAt, @Nullable Long eventsFrom) {}
