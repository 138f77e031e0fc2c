package io.turnlane.processor.replay;

import io.turnlane.log.LogPartitions;
import io.turnlane.log.LogRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads ranges of partitions, each up to a maximum number of records, with a consumer that has no group and commits
 * nothing. Thread-safe; the monitor of this object lets one thread read at a time.
 *
 * @param consumer closed together with this object
 * @param maxRecords maximum number of records read per range
 */
public record KafkaScan(Consumer<byte[], byte[]> consumer, int maxRecords) implements AutoCloseable {

    /** Maximum difference between the clocks of a gateway and a broker. */
    static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(1);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    synchronized List<TopicPartition> partitions(String topic) {
        return LogPartitions.of(consumer, topic);
    }

    /** Returns the partition that Kafka's default partitioner chooses for this key. */
    TopicPartition partitionOf(String topic, String key) {
        return new TopicPartition(
                topic, LogPartitions.partitionOf(key, partitions(topic).size()));
    }

    synchronized LogRange whole(TopicPartition partition) {
        return LogRange.whole(consumer, List.of(partition)).getFirst();
    }

    /** Returns the range from the first record at or after this time up to the end of the partition. */
    synchronized LogRange from(TopicPartition partition, Instant time) {
        consumer.assign(
                List.of(partition)); // assigned first, because otherwise the client logs warnings about its metrics
        @Nullable
        OffsetAndTimestamp at =
                consumer.offsetsForTimes(Map.of(partition, time.toEpochMilli())).get(partition);
        LogRange whole = whole(partition);
        return new LogRange(partition, at == null ? whole.to() : at.offset(), whole.to());
    }

    /**
     * Returns the range from the first record at or after {@code from} up to the first record at or after {@code to}.
     */
    synchronized LogRange between(TopicPartition partition, Instant from, Instant to) {
        return new LogRange(
                partition, from(partition, from).from(), from(partition, to).from());
    }

    /** Returns the range that ends immediately before this offset and contains up to the maximum number of offsets. */
    synchronized LogRange before(TopicPartition partition, long offset) {
        return new LogRange(partition, Math.max(whole(partition).from(), offset - maxRecords), offset);
    }

    /** Returns the first matching record of the range. Searches at most the maximum number of records. */
    Optional<ConsumerRecord<byte[], byte[]>> first(LogRange range, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        AtomicReference<@Nullable ConsumerRecord<byte[], byte[]>> found = new AtomicReference<>();
        readUntil(range, record -> {
            if (wanted.test(record)) {
                found.set(record);
            }
            return found.get() != null;
        });
        return Optional.ofNullable(found.get());
    }

    void each(LogRange range, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        readUntil(range, record -> {
            sink.accept(record);
            return false;
        });
    }

    private synchronized void readUntil(LogRange range, Predicate<ConsumerRecord<byte[], byte[]>> last) {
        AtomicInteger read = new AtomicInteger();
        LogRange.read(
                consumer,
                List.of(range),
                PATIENCE,
                record -> read.getAndIncrement() < maxRecords && !last.test(record));
    }

    @Override
    public synchronized void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
