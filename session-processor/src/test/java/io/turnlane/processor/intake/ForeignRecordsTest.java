package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.processor.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;

/**
 * Fuzz test: every record on the turns topic becomes a turn with its session and request, or is rejected as unreadable.
 */
class ForeignRecordsTest {

    private static final int PARTITIONS = 8;

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
