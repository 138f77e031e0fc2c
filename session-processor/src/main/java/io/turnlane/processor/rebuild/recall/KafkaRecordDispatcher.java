package io.turnlane.processor.rebuild.recall;

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
import io.turnlane.processor.past.CommandPosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Parses records and passes their content to a collector. Does not parse the values of sessions that the collector does
 * not want. For use by one thread.
 */
record KafkaRecordDispatcher(RecallCollector collector, WireFormat wire) {

    private static final String STARTED = "started";

    /**
     * Returns true if memory can be restored from this event: if it is a {@code started} event or a terminal event.
     * Most events are deltas, which are not needed.
     */
    boolean isRelevant(ConsumerRecord<byte[], byte[]> event) {
        String type = HeaderText.get(event, RecordHeaders.TYPE);
        return STARTED.equals(type) || (type != null && RequestStatus.isTerminalType(type));
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
        if (STARTED.equals(HeaderText.get(record, RecordHeaders.TYPE)) && request != null) {
            Long attempt = HeaderText.getNumber(record, RecordHeaders.ATTEMPT);
            collector.started(
                    session,
                    RequestId.parse(request),
                    attempt == null ? 1 : Math.toIntExact(attempt),
                    Instant.ofEpochMilli(record.timestamp()));
        } else {
            String states = HeaderText.get(record, RecordHeaders.AGENT_STATES);
            String steps = HeaderText.get(record, RecordHeaders.TOOL_STEPS);
            int size = record.serializedValueSize() + (steps == null ? 0 : steps.length());
            collector.ended(session, wire.readTerminalEvent(record.value(), states, steps), size);
        }
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
