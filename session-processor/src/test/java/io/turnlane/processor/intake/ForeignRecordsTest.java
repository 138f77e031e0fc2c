package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnlane.model.Priority;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

/**
 * Fuzz test: every record on the turns topic becomes a turn with its session and request, or is rejected as unreadable.
 */
class ForeignRecordsTest {

    private static final int PARTITIONS = 8;
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void readsTheRecordsOfAGateway() throws UnreadableRecordException {
        for (String user : Arrays.asList(null, "alice", "zoë")) {
            SessionKey session = SessionKey.of(user, SessionId.random());
            RequestId request = new RequestId(UUID.randomUUID());
            assertThat(TurnReader.read(recordOf(session, request.toString(), 0), PARTITIONS, null))
                    .satisfies(turn -> {
                        assertThat(turn.session()).isEqualTo(session);
                        assertThat(turn.requestId()).isEqualTo(request);
                        assertThat(turn.offset()).isEqualTo(7);
                        assertThat(turn.envelope())
                                .isEqualTo(new Turn.Envelope(
                                        Ask.TYPE,
                                        WireFormat.SCHEMA_VERSION,
                                        42L,
                                        TurnPolicy.ENQUEUE,
                                        Priority.NORMAL,
                                        null,
                                        null,
                                        null,
                                        TRACE));
                    });
        }
    }

    @Test
    void rejectsRecordsThatNameNoRequestOrAreNotOnThePartitionOfTheirSession() {
        SessionKey session = SessionKey.of(null, SessionId.random());
        String request = UUID.randomUUID().toString();
        assertThatThrownBy(() -> TurnReader.read(recordOf(session, request, 1), PARTITIONS, null))
                .isInstanceOf(UnreadableRecordException.class);
        for (String invalid : Arrays.asList(null, "", request + "0")) {
            assertThatThrownBy(() -> TurnReader.read(recordOf(session, invalid, 0), PARTITIONS, null))
                    .isInstanceOf(UnreadableRecordException.class);
        }
    }

    /** @param shift distance between the record's partition and that of its session */
    private static ConsumerRecord<byte[], byte[]> recordOf(SessionKey session, String request, int shift) {
        byte[] key = session.toString().getBytes(StandardCharsets.UTF_8);
        int partition = (Utils.toPositive(Utils.murmur2(key)) + shift) % PARTITIONS;
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("turns", partition, 7, key, new byte[0]);
        addHeader(record, RecordHeaders.REQUEST_ID, request);
        addHeader(record, RecordHeaders.TYPE, Ask.TYPE);
        addHeader(record, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        addHeader(record, RecordHeaders.EVENTS_FROM, "42");
        addHeader(record, RecordHeaders.TRACEPARENT, TRACE);
        return record;
    }

    private static void addHeader(ConsumerRecord<byte[], byte[]> record, String name, String value) {
        if (value != null) {
            record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    @FuzzTest(maxDuration = "1m")
    void records(FuzzedDataProvider data) {
        byte[] key = data.consumeBoolean() ? null : data.consumeBytes(160);
        boolean routed = data.consumeBoolean();
        int partition =
                key != null && routed ? Utils.toPositive(Utils.murmur2(key)) % PARTITIONS : data.consumeInt(0, 7);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("turns", partition, 7, key, data.consumeBytes(20));
        for (String name : List.of(
                RecordHeaders.REQUEST_ID,
                RecordHeaders.TYPE,
                RecordHeaders.SCHEMA_VERSION,
                RecordHeaders.EVENTS_FROM)) {
            if (data.consumeBoolean()) {
                record.headers().add(name, data.consumeBoolean() ? data.consumeBytes(40) : null);
            }
        }
        try {
            Turn turn = TurnReader.read(record, PARTITIONS, null);
            assertThat(turn.session().toString().getBytes(StandardCharsets.UTF_8))
                    .isEqualTo(key);
            assertThat(turn.partition()).isEqualTo(partition);
        } catch (UnreadableRecordException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
