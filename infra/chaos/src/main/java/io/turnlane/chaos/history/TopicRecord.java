package io.turnlane.chaos.history;

import org.jspecify.annotations.Nullable;

/**
 * One record of a topic, as the driver read it after the heal: a line of {@code turns.jsonl}, {@code events.jsonl} or
 * {@code quarantine.jsonl}.
 *
 * @param key the Kafka key; null where the record has none
 * @param request null where the record doesn't say
 * @param type the record's type header
 * @param attempt 0 where the record has none
 * @param seq 0 where the record has none
 * @param timestamp microseconds since the run's start
 * @param canary the question's mark, where the value holds one
 * @param text of a delta, or of the answer that a completed event holds
 * @param error the error's code
 */
public record TopicRecord(
        int partition,
        long offset,
        @Nullable String key,
        @Nullable String request,
        @Nullable String type,
        int attempt,
        int seq,
        long timestamp,
        @Nullable String canary,
        @Nullable String text,
        @Nullable String error) {}
