package io.turnlane.processor.past;

import io.turnlane.log.HeaderText;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Parses records and passes their content to a collector. Does not parse the values of sessions that the collector does
 * not want. For use by one thread.
 */
public record KafkaRecordDispatcher(PastRecords collector, WireFormat wire) {

    private static final String STARTED = "started";
    private static final String TOOL_CALL = "tool_call";

    /**
     * Returns true if the collector needs this event: if it is a {@code started} event, a terminal event, or a
     * {@code tool_call} event that the collector wants. Most events are deltas, which are not needed.
     */
    boolean isRelevant(ConsumerRecord<byte[], byte[]> event) {
        String type = HeaderText.get(event, RecordHeaders.TYPE);
        return STARTED.equals(type)
                || (TOOL_CALL.equals(type) && collector.wantsToolCalls())
                || (type != null && RequestStatus.isTerminalType(type));
    }

    void command(ConsumerRecord<byte[], byte[]> record) {
        try {
            SessionKey session = wanted(record);
            if (session != null) {
                command(record, session);
            }
        } catch (UnreadableRecordException | IllegalArgumentException e) {
            return; // the record can't be read, so its turn never ran and the record is in quarantine
        }
    }

    private void command(ConsumerRecord<byte[], byte[]> record, SessionKey session) throws UnreadableRecordException {
        CommandPosition position = new CommandPosition(
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                HeaderText.getNumber(record, RecordHeaders.EVENTS_FROM));
        switch (wire.readCommand(HeaderText.get(record, RecordHeaders.TYPE), record.value())) {
            case Ask ask when ask.key().equals(session) -> collector.asked(ask, position, record.serializedValueSize());
            case CancelTurn cancel when cancel.key().equals(session) -> collector.cancelled(cancel);
            case DeleteSession _ -> collector.deleted(session, position);
            case SessionChange change
            when change.key().equals(session) -> collector.edited(change, position, record.serializedValueSize());
            case Ask _, CancelTurn _, SessionChange _, RebuildSession _ -> {}
        }
    }

    void event(ConsumerRecord<byte[], byte[]> record) {
        try {
            SessionKey session = wanted(record);
            if (session != null) {
                event(record, session);
            }
        } catch (UnreadableRecordException | IllegalArgumentException e) {
            return; // the event was not published by Turnlane
        }
    }

    private void event(ConsumerRecord<byte[], byte[]> record, SessionKey session) throws UnreadableRecordException {
        String request = HeaderText.get(record, RecordHeaders.REQUEST_ID);
        String type = HeaderText.get(record, RecordHeaders.TYPE);
        if (STARTED.equals(type) && request != null) {
            collector.started(
                    session, RequestId.parse(request), attemptOf(record), Instant.ofEpochMilli(record.timestamp()));
        } else if (TOOL_CALL.equals(type) && request != null) {
            Object tool = wire.readObject(record.value()).get("tool");
            collector.toolCalled(session, RequestId.parse(request), attemptOf(record), String.valueOf(tool));
        } else {
            String states = HeaderText.get(record, RecordHeaders.AGENT_STATES);
            String steps = HeaderText.get(record, RecordHeaders.TOOL_STEPS);
            int size = record.serializedValueSize() + (steps == null ? 0 : steps.length());
            collector.ended(session, wire.readTerminalEvent(record.value(), states, steps), size);
        }
    }

    private static int attemptOf(ConsumerRecord<byte[], byte[]> record) {
        Long attempt = HeaderText.getNumber(record, RecordHeaders.ATTEMPT);
        return attempt == null ? 1 : Math.toIntExact(attempt);
    }

    /**
     * Returns the session of the record; null if the record can't be used or the collector doesn't want the session.
     */
    private @Nullable SessionKey wanted(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null
                || record.value() == null
                || !WireFormat.isReadable(HeaderText.get(record, RecordHeaders.SCHEMA_VERSION))) {
            return null;
        }
        SessionKey session = SessionKey.parse(new String(record.key(), StandardCharsets.UTF_8));
        return collector.wants(session) ? session : null;
    }
}
