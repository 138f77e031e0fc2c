package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnlane.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

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

    @Test
    void readsAnEventOnlyIfItHasEveryHeader() {
        List<String> names =
                List.of(RecordHeaders.TYPE, RecordHeaders.REQUEST_ID, RecordHeaders.ATTEMPT, RecordHeaders.SEQ);
        List<String> values = List.of("started", Events.R1.toString(), "2", "0");
        LoggedEvent read = KafkaEventRecords.read(event(names, values));
        assertThat(read).isNotNull();
        assertThat(read.requestId()).isEqualTo(Events.R1);
        assertThat(List.of(read.type(), read.attempt(), read.seq())).containsExactly("started", 2, 0);
        assertThat(read.value()).isEqualTo(new byte[] {1});
        assertThat(new EventReducer().accepts(read)).isTrue();
        for (int i = 0; i < names.size(); i++) {
            List<String> invalid = new ArrayList<>(values);
            invalid.set(i, null);
            assertThat(KafkaEventRecords.read(event(names, invalid)))
                    .as("without %s", names.get(i))
                    .isNull();
            invalid.set(i, "-x");
            assertThat(KafkaEventRecords.read(event(names, invalid)))
                    .as("with %s: -x", names.get(i))
                    .matches(event -> event == null || event.type().equals("-x"));
        }
    }

    private static ConsumerRecord<String, byte[]> event(List<String> names, List<String> values) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("events", 0, 7, "-:s-1", new byte[] {1});
        for (int i = 0; i < names.size(); i++) {
            if (values.get(i) != null) {
                record.headers().add(names.get(i), values.get(i).getBytes(StandardCharsets.UTF_8));
            }
        }
        return record;
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
