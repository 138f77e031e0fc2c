package io.turnlane.gateway.deliver;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converts records of the events topic. Parses only the headers and not the value. */
final class KafkaEventRecords {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaEventRecords.class);

    private KafkaEventRecords() {}

    /** Converts a record to an event. Logs and returns null if a header is missing or invalid. */
    static @Nullable LoggedEvent read(ConsumerRecord<String, byte[]> record) {
        try {
            Headers headers = record.headers();
            return new LoggedEvent(
                    new LoggedEvent.EventPosition(record.partition(), record.offset()),
                    text(headers, RecordHeaders.TYPE),
                    RequestId.parse(text(headers, RecordHeaders.REQUEST_ID)),
                    turn(headers),
                    Integer.parseInt(text(headers, RecordHeaders.ATTEMPT)),
                    Integer.parseInt(text(headers, RecordHeaders.SEQ)),
                    value(record));
        } catch (IllegalArgumentException e) {
            LOG.atWarn()
                    .setMessage("record on the events topic is not a turn event, skipped")
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("why", e.getMessage())
                    .log();
            return null;
        }
    }

    /** Returns the offset of the turn; {@link LoggedEvent#UNKNOWN_TURN} for records of early processors. */
    private static long turn(Headers headers) {
        Header header = headers.lastHeader(RecordHeaders.TURN);
        return header == null ? LoggedEvent.UNKNOWN_TURN : Long.parseLong(text(headers, RecordHeaders.TURN));
    }

    private static byte[] value(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            throw new IllegalArgumentException("no value");
        }
        return record.value();
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null) {
            throw new IllegalArgumentException("no header " + name);
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
