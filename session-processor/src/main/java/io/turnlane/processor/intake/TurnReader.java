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
 * Makes a turn of a record by its key and headers; the value stays unread until its lane gets to it. Whatever names its
 * session and its request goes to that session's lane, readable or not, so that its client hears of it in order.
 */
final class TurnReader {

    private TurnReader() {}

    /**
     * Reads the record.
     *
     * @param partitions how many the topic has
     * @throws UnreadableRecordException where it is nobody's turn, or on a partition where its session doesn't belong
     */
    static Turn read(ConsumerRecord<byte[], byte[]> record, int partitions, Turn.Claim claim)
            throws UnreadableRecordException {
        if (record.key() == null) {
            throw new UnreadableRecordException("no key");
        }
        if (Utils.toPositive(Utils.murmur2(record.key())) % partitions != record.partition()) {
            throw new UnreadableRecordException("misrouted: its session belongs to another partition");
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

    private static Turn.Envelope envelope(ConsumerRecord<?, ?> record) {
        return new Turn.Envelope(
                header(record, RecordHeaders.TYPE),
                header(record, RecordHeaders.SCHEMA_VERSION),
                number(header(record, RecordHeaders.EVENTS_FROM)),
                word(header(record, RecordHeaders.POLICY), TurnPolicy::find, TurnPolicy.ENQUEUE),
                word(header(record, RecordHeaders.PRIORITY), Priority::find, Priority.NORMAL),
                time(header(record, RecordHeaders.DEADLINE)),
                header(record, RecordHeaders.AGENT),
                header(record, RecordHeaders.CALLBACK_URL));
    }

    /** A newer version may know more words. */
    private static <T> T word(@Nullable String text, Function<String, Optional<T>> find, T otherwise) {
        return text == null ? otherwise : find.apply(text).orElse(otherwise);
    }

    private static @Nullable Instant time(@Nullable String text) {
        Long millis = number(text);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    /** Streams of a turn without this number start where its request record says, or with a gap. */
    private static @Nullable Long number(@Nullable String text) {
        return text == null || !text.matches("[0-9]{1,18}") ? null : Long.valueOf(text);
    }

    private static String required(ConsumerRecord<?, ?> record, String name) throws UnreadableRecordException {
        String value = header(record, name);
        if (value == null) {
            throw new UnreadableRecordException("no " + name + " header");
        }
        return value;
    }

    private static @Nullable String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
