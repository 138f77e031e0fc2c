package io.turnlane.bench.subject;

import io.turnlane.bench.load.LoadResult;
import io.turnlane.bench.load.LoadShape;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Floor for everything that passes through Kafka twice: a record is published to one topic, another thread publishes it
 * again to a second topic, and the first thread reads it there. Without HTTP, Redis and any work.
 */
public final class RawKafka implements Subject {

    public static final String NAME = "raw Kafka";

    private static final String PING = "bench-ping";
    private static final String PONG = "bench-pong";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final int RECORD_BYTES = 64;

    private final Map<String, Object> kafka = new HashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> echoConsumer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread echo;
    private int run;

    public RawKafka(Properties settings) throws InterruptedException {
        settings.forEach((name, value) -> kafka.put((String) name, value));
        BareTopics.create(kafka, PING, PONG);
        producer = producer();
        echoConsumer = consumer(PING);
        consumer = consumer(PONG);
        echo = Thread.ofPlatform().daemon().name("raw-kafka-echo").start(this::echo);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> all = new HashMap<>(kafka);
        all.putAll(Map.of("linger.ms", "0", "acks", "all"));
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(String topic) {
        KafkaConsumer<byte[], byte[]> created =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        created.assign(IntStream.range(0, BareTopics.PARTITIONS)
                .mapToObj(number -> new TopicPartition(topic, number))
                .collect(Collectors.toList()));
        created.seekToEnd(List.of());
        created.assignment().forEach(created::position); // seekToEnd takes effect only with the next call
        return created;
    }

    private void echo() {
        try (KafkaProducer<byte[], byte[]> answers = producer()) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> ping : echoConsumer.poll(POLL)) {
                    var _ = answers.send(new ProducerRecord<>(PONG, ping.key(), ping.value()));
                }
            }
        } catch (WakeupException _) {
            // closed
        } finally {
            echoConsumer.close();
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Creates the load.
     *
     * @throws IllegalArgumentException if it is an open loop
     */
    @Override
    public LoadResult run(LoadShape shape) {
        if (!(shape instanceof LoadShape.ClosedLoop closed)) {
            throw new IllegalArgumentException("raw Kafka is measured only in a closed loop");
        }
        run++;
        Histogram latency = LoadResult.newHistogram();
        long started = System.nanoTime();
        long end = started + closed.time().toNanos();
        long limit = end + ANSWER_LIMIT.toNanos();
        long answered = 0;
        long last = started;
        for (int client = 0; client < closed.clients(); client++) {
            send(client);
        }
        int open = closed.clients();
        while (open > 0 && System.nanoTime() < limit) {
            for (ConsumerRecord<byte[], byte[]> pong : consumer.poll(POLL)) {
                ByteBuffer value = ByteBuffer.wrap(pong.value());
                long sent = value.getLong();
                int client = value.getInt();
                if (value.getInt() != run) {
                    continue; // of an earlier load
                }
                last = System.nanoTime();
                answered++;
                latency.recordValue(Math.max(1, (last - sent) / 1000));
                if (last < end) {
                    send(client);
                } else {
                    open--;
                }
            }
        }
        return new LoadResult(
                answered, open, 0, Duration.ofNanos(Math.max(1, last - started)), latency, LoadResult.newHistogram());
    }

    private void send(int client) {
        byte[] value = ByteBuffer.allocate(RECORD_BYTES)
                .putLong(System.nanoTime())
                .putInt(client)
                .putInt(run)
                .array();
        byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(client).array();
        var _ = producer.send(new ProducerRecord<>(PING, key, value));
    }

    @Override
    public void close() {
        echoConsumer.wakeup();
        try {
            var _ = echo.join(ANSWER_LIMIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        producer.close();
        consumer.close();
    }
}
