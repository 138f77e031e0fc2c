package io.turnlane.processor.intake;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Makes a turn of a record by its key and headers; the value stays unread until its lane gets to it. */
final class TurnReader {

    private TurnReader() {}

    /**
     * Reads the record.
     *
     * @param partitions how many the topic has
     * @throws UnreadableRecordException where it is no turn of ours, or on a partition where its session doesn't belong
     */
    static Turn read(ConsumerRecord<byte[], byte[]> record, int partitions, Turn.Claim claim)
            throws UnreadableRecordException {
        if (record.key() == null || record.value() == null) {
            throw new UnreadableRecordException("no key or no value");
        }
        if (Utils.toPositive(Utils.murmur2(record.key())) % partitions != record.partition()) {
            throw new UnreadableRecordException("misrouted: its session belongs to another partition");
        }
        if (!WireFormat.readable(header(record, RecordHeaders.SCHEMA_VERSION))) {
            throw new UnreadableRecordException("unknown schema version");
        }
        try {
            return new Turn(
                    SessionKey.parse(new String(record.key(), StandardCharsets.UTF_8)),
                    RequestId.parse(required(record, RecordHeaders.REQUEST_ID)),
                    required(record, RecordHeaders.TYPE),
                    record.value(),
                    record.partition(),
                    record.offset(),
                    Instant.ofEpochMilli(record.timestamp()),
                    claim);
        } catch (IllegalArgumentException e) {
            throw new UnreadableRecordException(String.valueOf(e.getMessage()));
        }
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
