package io.turnlane.bench.engine;

import io.turnlane.bench.subject.BareTopics;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topic with the records of an engine benchmark. Their keys and headers are those of questions. */
public final class EngineLog {

    static final String TOPIC = "bench-engine";

    /** Number of keys, which occur in turn. */
    public static final int KEYS = 1000;

    private final Map<String, Object> kafka = new HashMap<>();
    private final long size;

    private EngineLog(Properties settings, long size) {
        settings.forEach((name, value) -> kafka.put((String) name, value));
        this.size = size;
    }

    /** Creates the topic and fills it with records. */
    public static EngineLog fill(Properties settings, long size) throws InterruptedException {
        EngineLog log = new EngineLog(settings, size);
        BareTopics.create(log.kafka, TOPIC);
        Map<String, Object> all = new HashMap<>(log.kafka);
        all.putAll(Map.of("linger.ms", "20", "batch.size", "131072"));
        byte[] value = "{\"question\":\"hello there\",\"agent\":\"echo\"}".getBytes(StandardCharsets.UTF_8);
        try (var producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long number = 0; number < size; number++) {
                SessionKey session = SessionKey.of(null, new SessionId("bench-" + number % KEYS));
                var record = new ProducerRecord<>(TOPIC, bytes(session.toString()), value);
                record.headers().add(RecordHeaders.TYPE, bytes("ask"));
                record.headers()
                        .add(RecordHeaders.REQUEST_ID, bytes(new RequestId(new UUID(number, number)).toString()));
                var _ = producer.send(record);
            }
        }
        return log;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the number of records. */
    public long size() {
        return size;
    }

    /** Returns the settings of a consumer of the topic. */
    Map<String, Object> consumerSettings(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(kafka);
        all.put("enable.auto.commit", false);
        all.put("auto.offset.reset", "earliest");
        all.putAll(more);
        return all;
    }

    /** Returns a consumer of a new group. */
    KafkaConsumer<byte[], byte[]> newGroupConsumer(int maxPollRecords) {
        return new KafkaConsumer<>(
                consumerSettings(
                        Map.of("group.id", newGroup(), "fetch.max.wait.ms", 100, "max.poll.records", maxPollRecords)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    static String newGroup() {
        return "bench-engine-" + UUID.randomUUID();
    }
}
