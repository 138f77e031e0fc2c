package io.turnlane.processor.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Failures of the thread that reads wake-ups. */
class KafkaWakeUpListenerTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final TopicPartition ALL = new TopicPartition("control", 0);

    private final SessionKey session = SessionKey.of(null, new SessionId("s"));
    private final RequestId request = new RequestId(UUID.randomUUID());
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("latest");
    private final List<RequestId> received = new CopyOnWriteArrayList<>();
    private final KafkaWakeUpListener listener =
            new KafkaWakeUpListener(() -> consumer, ALL.topic(), (of, unwanted) -> received.add(unwanted));

    @BeforeEach
    void makeTopic() {
        Node node = new Node(1, "h", 1);
        consumer.updatePartitions(
                ALL.topic(), List.of(new PartitionInfo(ALL.topic(), 0, node, new Node[] {node}, new Node[] {node})));
        consumer.updateEndOffsets(Map.of(ALL, 0L));
    }

    @AfterEach
    void stop() {
        listener.stop();
    }

    @Test
    void continuesAfterAnExceptionWhileReading() {
        consumer.schedulePollTask(() -> {
            throw new IllegalStateException("unexpected");
        });
        consumer.schedulePollTask(() -> consumer.addRecord(wakeUp()));
        listener.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(received).containsExactly(request));
        assertThat(listener.hasFailed()).isFalse();
    }

    @Test
    void reportsThatItsThreadEndedWithoutAStop() {
        assertThat(listener.hasFailed()).as("before it starts").isFalse();
        consumer.schedulePollTask(() -> {
            throw new LinkageError("thrown by the test");
        });
        listener.start();
        await().dontCatchUncaughtExceptions().atMost(SOON).until(listener::hasFailed);
        listener.stop();
        assertThat(listener.hasFailed()).as("after stop").isFalse();
    }

    private ConsumerRecord<byte[], byte[]> wakeUp() {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(ALL.topic(), 0, 0, bytes(session.toString()), new byte[0]);
        record.headers().add(RecordHeaders.TYPE, bytes(WakeUp.TYPE));
        record.headers().add(RecordHeaders.REQUEST_ID, bytes(request.toString()));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
