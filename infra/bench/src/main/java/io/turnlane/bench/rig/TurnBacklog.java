package io.turnlane.bench.rig;

import io.turnlane.log.CommandHeaders;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Turns that wait in the log of a running Turnlane. Publishes questions as a gateway does, but without accepting them
 * in Redis first, and reads the progress of the processors from the offsets that they commit.
 */
public final class TurnBacklog implements AutoCloseable {

    private static final String GROUP = "turnlane-processors";
    private static final int SESSIONS = 10_000;
    private static final int STEP_MILLIS = 20;
    private static final Duration COMMIT_LIMIT = Duration.ofSeconds(60);

    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;
    private final WireFormat wire = new WireFormat();
    private long published;

    public TurnBacklog(Properties kafka) {
        Map<String, Object> settings = new HashMap<>();
        kafka.forEach((name, value) -> settings.put((String) name, value));
        this.admin = Admin.create(new HashMap<>(settings));
        settings.putAll(Map.of("linger.ms", "20", "batch.size", "131072"));
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Publishes questions of 10,000 sessions, in turn. Returns when Kafka has acknowledged all of them. */
    public void publish(int count) {
        for (int i = 0; i < count; i++) {
            long number = published++;
            RequestId request = new RequestId(UUID.randomUUID());
            SessionId session = new SessionId("backlog-" + number % SESSIONS);
            SessionCommand.Ask ask = new SessionCommand.Ask(
                    request,
                    session,
                    null,
                    "echo",
                    "hello " + number,
                    Map.of(),
                    Duration.ofHours(1),
                    Instant.now(),
                    null,
                    null,
                    TurnPolicy.ENQUEUE,
                    Priority.NORMAL,
                    null);
            var record = new ProducerRecord<>(
                    Topics.DEFAULT.turns(), bytes(ask.key().toString()), wire.write((SessionCommand) ask));
            CommandHeaders.addTo(record.headers(), ask, "/turnlane/bench");
            var _ = producer.send(record);
        }
        producer.flush();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Measures how many turns the processors complete in a second. Begins and ends with a commit, because the offsets
     * between two commits do not show the progress.
     *
     * @param time minimum time of the measurement
     */
    public double completedPerSecond(Duration time) throws InterruptedException, ExecutionException {
        long from = awaitCommit(committed());
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        long to = awaitCommit(committed());
        return (to - from) / ((System.nanoTime() - start) / 1e9);
    }

    private long awaitCommit(long before) throws InterruptedException, ExecutionException {
        long limit = System.nanoTime() + COMMIT_LIMIT.toNanos();
        while (System.nanoTime() < limit) {
            long now = committed();
            if (now != before) {
                return now;
            }
            TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
        }
        throw new IllegalStateException("The processors completed no turn within a minute.");
    }

    private long committed() throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .filter(entry -> entry.getKey().topic().equals(Topics.DEFAULT.turns()))
                .mapToLong(entry -> entry.getValue().offset())
                .sum();
    }

    /** Returns the number of turns that are in the log and not complete. */
    public long waiting() throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        committed.keySet().stream()
                .filter(partition -> partition.topic().equals(Topics.DEFAULT.turns()))
                .forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(latest).all().get();
        return ends.entrySet().stream()
                .mapToLong(end -> {
                    OffsetAndMetadata done = committed.get(end.getKey());
                    return end.getValue().offset() - (done == null ? 0 : done.offset());
                })
                .sum();
    }

    /**
     * Waits until no turn waits.
     *
     * @throws IllegalStateException if turns still wait after the time
     */
    public void awaitDrained(Duration limit) throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + limit.toNanos();
        while (waiting() > 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(waiting() + " turns still wait.");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
