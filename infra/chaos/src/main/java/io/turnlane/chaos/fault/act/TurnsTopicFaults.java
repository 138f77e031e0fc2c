package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.log.HeaderText;
import io.turnlane.log.LogPartitions;
import io.turnlane.log.LogRange;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Faults that publish records to the turns topic without a gateway. Used only by the driver's thread. */
public final class TurnsTopicFaults {

    private static final String TOPIC = Topics.DEFAULT.turns();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LARGE = 1_100_000;

    private final Rig rig;
    private final String tag;
    private final RandomGenerator random;
    private final FaultExpectations expectations;

    /** @param tag prefix of the names of the run's sessions */
    public TurnsTopicFaults(Rig rig, String tag, RandomGenerator random, FaultExpectations expectations) {
        this.rig = rig;
        this.tag = tag;
        this.random = random;
        this.expectations = expectations;
    }

    /**
     * Publishes unreadable records, one of each kind in rotation. All of them must reach quarantine. Returns their
     * number.
     */
    public int publishUnreadable(int count) throws InterruptedException, ExecutionException {
        publish(IntStream.range(0, count)
                .mapToObj(number -> unreadable(Flaw.values()[number % Flaw.values().length], number))
                .toList());
        expectations.expectQuarantined(count);
        return count;
    }

    /** Publishes the records; returns once the broker has acknowledged all of them. */
    private void publish(List<ProducerRecord<byte[], byte[]>> records) throws InterruptedException, ExecutionException {
        try (Producer<byte[], byte[]> producer = producer()) {
            List<Future<RecordMetadata>> published =
                    records.stream().map(producer::send).toList();
            for (Future<RecordMetadata> one : published) {
                one.get();
            }
        }
    }

    /** Reasons for which a record is unreadable. */
    private enum Flaw {
        NO_JSON,
        UNKNOWN_MAJOR,
        NO_KEY,
        STRANGE_KEY,
        NO_HEADERS,
        UNKNOWN_TYPE,
        NO_VALUE,
        ANOTHER_SHAPE,
        NOISE
    }

    private ProducerRecord<byte[], byte[]> unreadable(Flaw flaw, int number) {
        String session = "bad-" + number + "-" + Integer.toString(random.nextInt(1 << 20), 36);
        byte[] valid = ask(session, "a good question", UUID.randomUUID().toString());
        byte[] noise = new byte[1 + random.nextInt(2000)];
        random.nextBytes(noise);
        String key = "-:" + session;
        return switch (flaw) {
            case NO_JSON -> record(key, "{\"question".getBytes(StandardCharsets.UTF_8), "ask", "1.0");
            case UNKNOWN_MAJOR -> record(key, valid, "ask", "9.0");
            case NO_KEY -> record(null, valid, "ask", "1.0");
            case STRANGE_KEY -> record("no key of ours", valid, "ask", "1.0");
            case NO_HEADERS -> new ProducerRecord<>(TOPIC, key.getBytes(StandardCharsets.UTF_8), valid);
            case UNKNOWN_TYPE -> record(key, valid, "sing", "1.0");
            case NO_VALUE -> record(key, null, "ask", "1.0");
            case ANOTHER_SHAPE -> record(key, "[1,2,3]".getBytes(StandardCharsets.UTF_8), "ask", "1.0");
            case NOISE -> record(key, noise, "ask", "1.0");
        };
    }

    /** Publishes a question of 1.1 MB, which no gateway would accept. It must not affect other turns. */
    public void publishOversized() throws InterruptedException, ExecutionException {
        String session = "large-" + Integer.toString(random.nextInt(1 << 20), 36);
        String request = UUID.randomUUID().toString();
        ProducerRecord<byte[], byte[]> record =
                record("-:" + session, ask(session, "x".repeat(LARGE), request), "ask", "1.0");
        HeaderText.add(record.headers(), RecordHeaders.REQUEST_ID, request);
        publish(List.of(record));
    }

    /** Publishes recent records of this run again, byte for byte. Returns the number of records. */
    public int publishDuplicates(int count) throws InterruptedException, ExecutionException {
        List<ConsumerRecord<byte[], byte[]>> old = latest(count);
        if (old.isEmpty()) {
            return 0;
        }
        publish(IntStream.range(0, count)
                .mapToObj(_ -> duplicate(old.get(random.nextInt(old.size()))))
                .toList());
        return count;
    }

    private static ProducerRecord<byte[], byte[]> duplicate(ConsumerRecord<byte[], byte[]> record) {
        return new ProducerRecord<>(TOPIC, record.partition(), null, record.key(), record.value(), record.headers());
    }

    private List<ConsumerRecord<byte[], byte[]>> latest(int count) {
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            List<LogRange> whole = LogRange.whole(consumer, LogPartitions.of(consumer, TOPIC));
            int each = 1 + count / whole.size();
            List<LogRange> newest = whole.stream()
                    .map(range ->
                            new LogRange(range.partition(), Math.max(range.from(), range.to() - each), range.to()))
                    .toList();
            List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
            LogRange.read(consumer, newest, PATIENCE, read::add);
            read.removeIf(record -> !ofThisRun(record));
            return read;
        }
    }

    private boolean ofThisRun(ConsumerRecord<byte[], byte[]> record) {
        return record.key() != null && new String(record.key(), StandardCharsets.UTF_8).startsWith("-:" + tag);
    }

    private static byte[] ask(String session, String question, String request) {
        return new WireFormat()
                .writeValue(Map.of(
                        "request_id",
                        request,
                        "session_id",
                        session,
                        "agent",
                        "scripted",
                        "question",
                        question,
                        "metadata",
                        Map.of(),
                        "session_ttl",
                        3600.0,
                        "created_at",
                        Instant.now().toString()));
    }

    private static ProducerRecord<byte[], byte[]> record(
            @Nullable String key, byte @Nullable [] value, String type, String version) {
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(TOPIC, keyBytes, value);
        HeaderText.add(record.headers(), RecordHeaders.TYPE, type);
        HeaderText.add(record.headers(), RecordHeaders.SCHEMA_VERSION, version);
        return record;
    }

    private Producer<byte[], byte[]> producer() {
        Properties settings = rig.kafka();
        settings.put("acks", "all");
        settings.put("max.request.size", Integer.toString(4 << 20));
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Consumer<byte[], byte[]> consumer() {
        Properties settings = rig.kafka();
        settings.put("enable.auto.commit", "false");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
