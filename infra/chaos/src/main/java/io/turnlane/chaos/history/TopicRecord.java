package io.turnlane.chaos.history;

import org.jspecify.annotations.Nullable;

/**
 * One record of a topic, as the driver read it after all faults were healed; a line of {@code turns.jsonl},
 * {@code events.jsonl} or {@code quarantine.jsonl}.
 *
 * @param key the Kafka key; null if the record has none
 * @param request null if the record has no request id
 * @param type value of the record's type header
 * @param attempt 0 if the record has none
 * @param seq 0 if the record has none
 * @param timestamp microseconds since the start of the run
 * @param canary canary in the question or text, if there is one
 * @param text text of a delta, or answer in a completed event
 * @param error error code
 * @param memory loss of memory that a started event reports, as {@code rebuilt}; null if nothing was lost
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
        @Nullable String error,
        @Nullable String memory) {

    /** Creates a record that reports no loss of memory. */
    public TopicRecord(
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
            @Nullable String error) {
        this(partition, offset, key, request, type, attempt, seq, timestamp, canary, text, error, null);
    }
}
