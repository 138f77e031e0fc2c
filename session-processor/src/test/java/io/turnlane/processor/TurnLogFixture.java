package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.TopicPlan;
import io.turnlane.model.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics of one test. Publishes turns as a gateway does, and reads the processor's events. */
final class TurnLogFixture implements AutoCloseable {

    private static final TopicPlan.Retention RETENTION = new TopicPlan.Retention(
            Duration.ofDays(7),
            Duration.ofHours(24),
            Duration.ofHours(1),
            Duration.ofDays(14),
            Duration.ofDays(7),
            Duration.ofHours(24));

    private final String prefix = "t" + UUID.randomUUID().toString().substring(0, 8) + ".";
    private final Topics topics = new Topics(prefix);
    private final int partitions;
    private final WireFormat wire = new WireFormat();
    private final Map<String, Object> broker = TestBackends.shared().kafka();
    private final KafkaProducer<byte[], byte[]> producer;
    private final Predicate<PublishedEvent> keeps;
    private final List<PublishedEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> quarantined = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private volatile boolean closed;

    /** Turn event as clients see it. */
    record PublishedEvent(Map<String, Object> data) {

        String type() {
            return (String) data.get("type");
        }

        String requestId() {
            return (String) data.get("request_id");
        }

        int seq() {
            return (Integer) data.get("seq");
        }

        String text() {
            return (String) data.get("text");
        }

        String answer() {
            return (String) ((Map<?, ?>) data.get("answer")).get("text");
        }

        /** Returns the memory issue of a {@code started} event, or null if it has none. */
        String memory() {
            return (String) data.get("memory");
        }

        String errorCode() {
            return (String) ((Map<?, ?>) data.get("error")).get("code");
        }

        boolean terminal() {
            return type().equals("completed") || type().equals("failed");
        }
    }

    TurnLogFixture(int partitions) {
        this(partitions, true, _ -> true);
    }

    /** Keeps only some of the events. The test of them runs on the reader's thread, for each event in order. */
    static TurnLogFixture keeping(int partitions, Predicate<PublishedEvent> keeps) {
        return new TurnLogFixture(partitions, true, keeps);
    }

    /** Creates topics without reading the events, which would fill the heap of a test with millions of turns. */
    static TurnLogFixture withoutReader(int partitions) {
        return new TurnLogFixture(partitions, false, _ -> true);
    }

    private TurnLogFixture(int partitions, boolean read, Predicate<PublishedEvent> keeps) {
        this.partitions = partitions;
        this.keeps = keeps;
        try (Admin admin = Admin.create(broker)) {
            List<NewTopic> all = TopicPlan.of(topics, partitions, RETENTION).stream()
                    .map(plan -> new NewTopic(plan.name(), plan.partitions(), (short) 1))
                    .toList();
            admin.createTopics(all).all().get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        producer = new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer());
        reader = Thread.ofPlatform().name("test-reader").unstarted(this::read);
        if (read) {
            reader.start();
        }
    }

    String prefix() {
        return prefix;
    }

    String eventsTopic() {
        return topics.events();
    }

    int partitions() {
        return partitions;
    }

    <T extends SessionCommand> T publish(T command) {
        try {
            publishAsync(command).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return command;
    }

    /** Publishes a command without waiting for the acknowledgement. */
    Future<RecordMetadata> publishAsync(SessionCommand command) {
        Map<String, String> headers = new HashMap<>(Map.of(
                RecordHeaders.TYPE, command.type(),
                RecordHeaders.REQUEST_ID, command.requestId().toString(),
                RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION));
        if (command instanceof Ask ask && ask.callbackUrl() != null) {
            headers.put(RecordHeaders.CALLBACK_URL, ask.callbackUrl().toString());
        }
        return send(null, command.key().toString(), new String(wire.write(command), StandardCharsets.UTF_8), headers);
    }

    /** Publishes a command with another record timestamp. */
    void publishAt(Instant timestamp, SessionCommand command) {
        try {
            send(
                            timestamp.toEpochMilli(),
                            command.key().toString(),
                            new String(wire.write(command), StandardCharsets.UTF_8),
                            Map.of(
                                    RecordHeaders.TYPE, command.type(),
                                    RecordHeaders.REQUEST_ID,
                                            command.requestId().toString(),
                                    RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION))
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    void publishRaw(String key, String value, Map<String, String> headers) {
        try {
            send(null, key, value, headers).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Future<RecordMetadata> send(Long at, String key, String value, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topics.turns(),
                null,
                at,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return producer.send(record);
    }

    List<PublishedEvent> events() {
        return events;
    }

    List<PublishedEvent> terminals() {
        return events.stream().filter(PublishedEvent::terminal).toList();
    }

    List<PublishedEvent> awaitTerminals(int count, Duration most) {
        await().atMost(most).untilAsserted(() -> assertThat(terminals()).hasSizeGreaterThanOrEqualTo(count));
        return terminals();
    }

    /** Returns the request ids in quarantine, after waiting for this number of them. */
    List<String> quarantined(int count, Duration most) {
        await().atMost(most).untilAsserted(() -> assertThat(quarantined).hasSizeGreaterThanOrEqualTo(count));
        return quarantined;
    }

    /** Returns the group's committed offset of the first partition, or -1 if there is none. */
    long committed(String group) {
        try (Admin admin = Admin.create(broker)) {
            var offset = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topics.turns(), 0));
            return offset == null ? -1 : offset.offset();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            // Uses the plan, because a busy broker does not report new topics immediately.
            List<TopicPartition> all = TopicPlan.of(topics, partitions, RETENTION).stream()
                    .filter(plan -> Set.of(topics.events(), topics.quarantine()).contains(plan.name()))
                    .flatMap(plan -> IntStream.range(0, plan.partitions())
                            .mapToObj(partition -> new TopicPartition(plan.name(), partition)))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (!closed) {
                consumer.poll(Duration.ofMillis(50)).forEach(this::note);
            }
        }
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(topics.quarantine())) {
            var id = record.headers().lastHeader(RecordHeaders.REQUEST_ID);
            quarantined.add(id == null ? "" : new String(id.value(), StandardCharsets.UTF_8));
            return;
        }
        try {
            PublishedEvent event = new PublishedEvent(wire.readObject(record.value()));
            if (keeps.test(event)) {
                events.add(event);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        producer.close();
        try {
            reader.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
