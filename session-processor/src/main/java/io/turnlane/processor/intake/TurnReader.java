package io.turnlane.processor.intake;

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
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
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
     * @param partitions number of partitions of the topic
     * @param claim the turn's claim on the record, whose offset stays open until the claim ends
     * @throws UnreadableRecordException if the record does not name a session and a request, or if it is not on the
     *     partition of its session
     */
    static Turn read(ConsumerRecord<byte[], byte[]> record, int partitions, Turn.Claim claim)
            throws UnreadableRecordException {
        if (record.key() == null) {
            throw new UnreadableRecordException("the record has no key");
        }
        if (partitionOf(record.key(), partitions) != record.partition()) {
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

    /** Returns the partition that Kafka's default partitioner assigns to this key. */
    static int partitionOf(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    /** Returns the record's request id, or empty if it has no valid one. */
    static Optional<RequestId> requestId(ConsumerRecord<?, ?> record) {
        try {
            return Optional.ofNullable(header(record, RecordHeaders.REQUEST_ID)).map(RequestId::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Turn.Envelope envelope(ConsumerRecord<?, ?> record) {
        return new Turn.Envelope(
                header(record, RecordHeaders.TYPE),
                header(record, RecordHeaders.SCHEMA_VERSION),
                number(header(record, RecordHeaders.EVENTS_FROM)),
                enumValue(header(record, RecordHeaders.POLICY), TurnPolicy::find, TurnPolicy.ENQUEUE),
                enumValue(header(record, RecordHeaders.PRIORITY), Priority::find, Priority.NORMAL),
                time(header(record, RecordHeaders.DEADLINE)),
                header(record, RecordHeaders.AGENT),
                header(record, RecordHeaders.CALLBACK_URL));
    }

    /**
     * Parses the value of an enumeration. Returns the default for unknown values, because a newer gateway might use
     * values that this version does not know.
     */
    private static <T> T enumValue(@Nullable String text, Function<String, Optional<T>> find, T defaultValue) {
        return text == null ? defaultValue : find.apply(text).orElse(defaultValue);
    }

    private static @Nullable Instant time(@Nullable String text) {
        Long millis = number(text);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    /**
     * Parses an optional header that contains a number. Returns null if the header is missing or contains no number.
     */
    private static @Nullable Long number(@Nullable String text) {
        return text == null || !text.matches("[0-9]{1,18}") ? null : Long.valueOf(text);
    }

    private static String required(ConsumerRecord<?, ?> record, String name) throws UnreadableRecordException {
        String value = header(record, name);
        if (value == null) {
            throw new UnreadableRecordException("the record has no " + name + " header");
        }
        return value;
    }

    private static @Nullable String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
