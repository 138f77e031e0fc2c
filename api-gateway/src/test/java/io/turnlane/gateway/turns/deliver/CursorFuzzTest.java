package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnlane.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Tests that arbitrary cursors from clients and arbitrary records on the events topic are either read or rejected,
 * without any other exception.
 */
class CursorFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void cursors(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Cursor cursor;
        try {
            cursor = Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessage("not a cursor of this service");
            return;
        }
        assertThat(Cursor.parse(cursor.toString())).isEqualTo(cursor);
    }

    @FuzzTest(maxDuration = "1m")
    void events(FuzzedDataProvider data) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("events", 0, 7, "-:s-1", data.consumeBytes(20));
        for (String name :
                List.of(RecordHeaders.TYPE, RecordHeaders.REQUEST_ID, RecordHeaders.ATTEMPT, RecordHeaders.SEQ)) {
            if (data.consumeBoolean()) {
                record.headers().add(name, data.consumeBytes(40));
            }
        }
        LoggedEvent event = KafkaEventRecords.read(record);
        if (event != null) {
            assertThat(new EventReducer().accepts(event)).isTrue();
        }
    }
}
