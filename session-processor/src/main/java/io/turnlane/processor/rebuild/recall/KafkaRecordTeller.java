package io.turnlane.processor.rebuild.recall;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.Change;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.past.Place;
import io.turnlane.processor.rebuild.recall.SessionLog.Listener;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Tells a listener what records say, and reads no value that it doesn't want. For one thread. */
final class KafkaRecordTeller {

    private static final String STARTED = "started";
    private static final Set<String> TERMINAL = Set.of("completed", "failed");

    private final Listener listener;
    private final WireFormat wire;

    KafkaRecordTeller(Listener listener, WireFormat wire) {
        this.listener = listener;
        this.wire = wire;
    }

    /** Whether an event says anything that a session's memory rests on; most are pieces of answers. */
    boolean counts(ConsumerRecord<byte[], byte[]> event) {
        String type = header(event, RecordHeaders.TYPE);
        return STARTED.equals(type) || (type != null && TERMINAL.contains(type));
    }

    void command(ConsumerRecord<byte[], byte[]> record) {
        try {
            SessionKey session = wanted(record);
            if (session != null) {
                command(record, session);
            }
        } catch (UnreadableRecordException | IllegalArgumentException e) {
            return; // it stands in quarantine, and was never a turn
        }
    }

    private void command(ConsumerRecord<byte[], byte[]> record, SessionKey session) throws UnreadableRecordException {
        Place place = new Place(
                record.offset(), Instant.ofEpochMilli(record.timestamp()), number(record, RecordHeaders.EVENTS_FROM));
        switch (wire.readCommand(header(record, RecordHeaders.TYPE), record.value())) {
            case Ask ask when ask.key().equals(session) -> listener.asked(ask, place, record.serializedValueSize());
            case DeleteSession _ -> listener.deleted(session, place);
            case Change change
            when change.key().equals(session) -> listener.edited(change, place, record.serializedValueSize());
            case Ask _, Change _, RebuildSession _ -> {}
        }
    }

    void event(ConsumerRecord<byte[], byte[]> record) {
        try {
            SessionKey session = wanted(record);
            if (session != null) {
                event(record, session);
            }
        } catch (UnreadableRecordException | IllegalArgumentException e) {
            return; // nothing of ours
        }
    }

    private void event(ConsumerRecord<byte[], byte[]> record, SessionKey session) throws UnreadableRecordException {
        String request = header(record, RecordHeaders.REQUEST_ID);
        if (STARTED.equals(header(record, RecordHeaders.TYPE)) && request != null) {
            Long attempt = number(record, RecordHeaders.ATTEMPT);
            listener.started(
                    session,
                    RequestId.parse(request),
                    attempt == null ? 1 : Math.toIntExact(attempt),
                    Instant.ofEpochMilli(record.timestamp()));
        } else {
            listener.ended(session, wire.readEnd(record.value()), record.serializedValueSize());
        }
    }

    /** The record's session, where it counts. */
    private @Nullable SessionKey wanted(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null
                || record.value() == null
                || !WireFormat.readable(header(record, RecordHeaders.SCHEMA_VERSION))) {
            return null;
        }
        SessionKey session = SessionKey.parse(new String(record.key(), StandardCharsets.UTF_8));
        return listener.wants(session) ? session : null;
    }

    /** Null where it isn't there, or isn't a number: what is told without it is worth more than nothing. */
    private static @Nullable Long number(ConsumerRecord<byte[], byte[]> record, String name) {
        String text = header(record, name);
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
