package io.turnlane.gateway.quarantine;

import io.turnlane.gateway.deliver.LogConsumerFactory;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A few consumers for calls that look something up in the log: lent to one call at a time, made when first needed, and
 * thrown away after a failure.
 *
 * <p>Threading: any thread borrows; the semaphore bounds how many, and a consumer is with one of them or idle.
 */
final class KafkaConsumerPool implements AutoCloseable {

    private static final int READERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FETCH_WAIT = Duration.ofMillis(10);

    private final LogConsumerFactory consumers;
    private final String role;
    private final Semaphore places = new Semaphore(READERS);
    private final Deque<Consumer<String, byte[]>> idle = new ConcurrentLinkedDeque<>();

    KafkaConsumerPool(LogConsumerFactory consumers, String role) {
        this.consumers = consumers;
        this.role = role;
    }

    /** A part of a partition, by offsets. */
    record OffsetRange(long from, long to) {}

    /** @throws ProblemDetailException where all are busy, or the log doesn't answer */
    <T> T withConsumer(Function<Consumer<String, byte[]>, T> work) {
        if (!placeFound()) {
            throw new ProblemDetailException(ErrorCode.OVERLOADED, "others read the log at the moment");
        }
        try {
            return lend(work);
        } finally {
            places.release();
        }
    }

    private boolean placeFound() {
        try {
            return places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private <T> T lend(Function<Consumer<String, byte[]>, T> work) {
        Consumer<String, byte[]> known = idle.poll();
        Consumer<String, byte[]> consumer = known == null ? consumers.create(role, FETCH_WAIT) : known;
        boolean well = false;
        try {
            T result = work.apply(consumer);
            well = true;
            return result;
        } catch (KafkaException e) {
            throw new ProblemDetailException(ErrorCode.UNAVAILABLE, "the log is away at the moment", e);
        } finally {
            if (well) {
                idle.push(consumer);
            } else {
                consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    /** Hands over all records of these ranges, those of one partition in order. */
    static void read(
            Consumer<String, byte[]> consumer,
            Map<TopicPartition, OffsetRange> ranges,
            java.util.function.Consumer<ConsumerRecord<String, byte[]>> sink) {
        Map<TopicPartition, OffsetRange> left = new HashMap<>(ranges);
        left.values().removeIf(range -> range.from() >= range.to());
        consumer.assign(left.keySet());
        left.forEach((partition, range) -> consumer.seek(partition, range.from()));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!left.isEmpty()) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                OffsetRange range = left.get(new TopicPartition(record.topic(), record.partition()));
                if (range != null && record.offset() < range.to()) {
                    sink.accept(record);
                }
            }
            left.entrySet()
                    .removeIf(e -> consumer.position(e.getKey()) >= e.getValue().to());
            if (!left.isEmpty() && System.nanoTime() > deadline) {
                throw new ProblemDetailException(ErrorCode.UNAVAILABLE, "the log did not answer in time");
            }
            consumer.assign(left.keySet());
        }
    }

    @Override
    public void close() {
        for (Consumer<String, byte[]> consumer = idle.poll(); consumer != null; consumer = idle.poll()) {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
        }
    }
}
