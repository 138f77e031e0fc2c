package io.turnlane.gateway.turns.deliver;

import io.turnlane.log.HeaderText;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.RequestTimes;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
            return new LoggedEvent(
                    record.offset(),
                    text(record, RecordHeaders.TYPE),
                    RequestId.parse(text(record, RecordHeaders.REQUEST_ID)),
                    turn(record),
                    Integer.parseInt(text(record, RecordHeaders.ATTEMPT)),
                    Integer.parseInt(text(record, RecordHeaders.SEQ)),
                    value(record),
                    times(record),
                    trace(record));
        } catch (IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("why", e.getMessage())
                    .log("record on the events topic is not a turn event, skipped");
            return null;
        }
    }

    /** Returns true if a record is the last event of its request. Reads one header only. */
    static boolean isTerminal(ConsumerRecord<String, byte[]> record) {
        String type = HeaderText.get(record, RecordHeaders.TYPE);
        return type != null && RequestStatus.isTerminalType(type);
    }

    /** Returns the end of a turn from the headers of its terminal event; empty if the agent is unknown. */
    static Optional<AgentEnd> agentEnd(ConsumerRecord<String, byte[]> record) {
        String agent = HeaderText.get(record, RecordHeaders.AGENT);
        return agent == null
                ? Optional.empty()
                : Optional.of(new AgentEnd(
                        agent,
                        record.timestamp(),
                        text(record, RecordHeaders.TYPE),
                        HeaderText.get(record, RecordHeaders.ERROR_CODE),
                        times(record)));
    }

    private static LoggedEvent.@Nullable EventTrace trace(ConsumerRecord<?, ?> record) {
        String traceparent = HeaderText.get(record, RecordHeaders.TRACEPARENT);
        return traceparent == null
                ? null
                : new LoggedEvent.EventTrace(traceparent, Instant.ofEpochMilli(record.timestamp()));
    }

    /** Returns the offset of the turn; {@link LoggedEvent#UNKNOWN_TURN} for records of early processors. */
    private static long turn(ConsumerRecord<?, ?> record) {
        String turn = HeaderText.get(record, RecordHeaders.TURN);
        return turn == null ? LoggedEvent.UNKNOWN_TURN : Long.parseLong(turn);
    }

    private static @Nullable RequestTimes times(ConsumerRecord<?, ?> record) {
        String times = HeaderText.get(record, RecordHeaders.TIMES);
        try {
            return times == null ? null : RequestTimes.ofHeader(times);
        } catch (IllegalArgumentException e) {
            return null; // a newer processor may write more; the gateway reads the request record instead
        }
    }

    private static byte[] value(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            throw new IllegalArgumentException("no value");
        }
        return record.value();
    }

    private static String text(ConsumerRecord<?, ?> record, String name) {
        String value = HeaderText.get(record, name);
        if (value == null) {
            throw new IllegalArgumentException("no header " + name);
        }
        return value;
    }
}
