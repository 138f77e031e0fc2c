package io.turnlane.processor.intake;

import io.turnlane.log.HeaderText;
import io.turnlane.log.LogPartitions;
import io.turnlane.model.Priority;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.processor.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Creates a turn from a record's key and headers. The value is read later, by the turn's lane. A record whose key and
 * headers are valid becomes a turn even if its value is unreadable. Its lane finds the error when it reads the value,
 * so the client receives the error after the answers of earlier turns.
 */
final class TurnReader {

    private TurnReader() {}

    /**
     * Creates the turn of a record.
     *
     * @param claim the turn's claim on the record, whose offset stays open until the claim ends
     * @throws UnreadableRecordException if the record does not name a session and a request, or if it is not on the
     *     partition of its session
     */
    static Turn read(ConsumerRecord<byte[], byte[]> record, int partitions, Turn.Claim claim)
            throws UnreadableRecordException {
        if (record.key() == null) {
            throw new UnreadableRecordException("the record has no key");
        }
        if (LogPartitions.partitionOf(record.key(), partitions) != record.partition()) {
            throw new UnreadableRecordException("the record is on a partition that is not its session's");
        }
        try {
            return new Turn(
                    SessionKey.parse(new String(record.key(), StandardCharsets.UTF_8)),
                    RequestId.parse(required(record, RecordHeaders.REQUEST_ID)),
                    envelope(record),
                    record.partition(),
                    record.offset(),
                    Instant.ofEpochMilli(record.timestamp()),
                    claim);
        } catch (IllegalArgumentException e) {
            throw new UnreadableRecordException(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the record's request id, or empty if it has no valid one. */
    static Optional<RequestId> requestId(ConsumerRecord<?, ?> record) {
        try {
            return Optional.ofNullable(HeaderText.get(record, RecordHeaders.REQUEST_ID))
                    .map(RequestId::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Turn.Envelope envelope(ConsumerRecord<?, ?> record) {
        return new Turn.Envelope(
                HeaderText.get(record, RecordHeaders.TYPE),
                HeaderText.get(record, RecordHeaders.SCHEMA_VERSION),
                HeaderText.getNumber(record, RecordHeaders.EVENTS_FROM),
                enumValue(HeaderText.get(record, RecordHeaders.POLICY), TurnPolicy::find, TurnPolicy.ENQUEUE),
                enumValue(HeaderText.get(record, RecordHeaders.PRIORITY), Priority::find, Priority.NORMAL),
                time(HeaderText.getNumber(record, RecordHeaders.DEADLINE)),
                HeaderText.get(record, RecordHeaders.AGENT),
                HeaderText.get(record, RecordHeaders.CALLBACK_URL),
                HeaderText.get(record, RecordHeaders.TRACEPARENT));
    }

    /**
     * Parses the value of an enumeration. Returns the default for unknown values, because a newer gateway might use
     * values that this version does not know.
     */
    private static <T> T enumValue(@Nullable String text, Function<String, Optional<T>> find, T defaultValue) {
        return text == null ? defaultValue : find.apply(text).orElse(defaultValue);
    }

    private static @Nullable Instant time(@Nullable Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    private static String required(ConsumerRecord<?, ?> record, String name) throws UnreadableRecordException {
        String value = HeaderText.get(record, name);
        if (value == null) {
            throw new UnreadableRecordException("the record has no " + name + " header");
        }
        return value;
    }
}
