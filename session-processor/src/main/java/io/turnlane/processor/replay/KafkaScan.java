package io.turnlane.processor.replay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Reads ranges of partitions, each up to a maximum number of records, with a consumer that has no group and commits
 * nothing. Thread-safe; the monitor of this object lets one thread read at a time.
 */
public final class KafkaScan implements AutoCloseable {

    /** Maximum difference between the clocks of a gateway and a broker. */
    static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(1);

    private static final Duration POLL = Duration.ofMillis(200);

    /** Maximum number of consecutive polls without a record. These polls take 10 s, after which reading fails. */
    private static final int MAX_EMPTY_POLLS = 50;

    private final Consumer<byte[], byte[]> consumer;
    private final int maxRecords;

    /**
     * @param consumer closed together with this object
     * @param maxRecords maximum number of records read per range
     */
    public KafkaScan(Consumer<byte[], byte[]> consumer, int maxRecords) {
        this.consumer = consumer;
        this.maxRecords = maxRecords;
    }

    synchronized List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** Returns the partition that Kafka's default partitioner chooses for this key. */
    TopicPartition partitionOf(String topic, String key) {
        int hash = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8)));
        return new TopicPartition(topic, hash % partitions(topic).size());
    }

    synchronized KafkaPartitionRange whole(TopicPartition partition) {
        return new KafkaPartitionRange(partition, begin(partition), end(partition));
    }

    /** Returns the range from the first record at or after this time up to the end of the partition. */
    synchronized KafkaPartitionRange from(TopicPartition partition, Instant time) {
        consumer.assign(
                List.of(partition)); // assigned first, because otherwise the client logs warnings about its metrics
        @Nullable
        OffsetAndTimestamp at =
                consumer.offsetsForTimes(Map.of(partition, time.toEpochMilli())).get(partition);
        long end = end(partition);
        return new KafkaPartitionRange(partition, at == null ? end : at.offset(), end);
    }

    /**
     * Returns the range from the first record at or after {@code from} up to the first record at or after {@code to}.
     */
    synchronized KafkaPartitionRange between(TopicPartition partition, Instant from, Instant to) {
        return new KafkaPartitionRange(
                partition, from(partition, from).from(), from(partition, to).from());
    }

    /** Returns the range that ends immediately before this offset and contains up to the maximum number of offsets. */
    synchronized KafkaPartitionRange before(TopicPartition partition, long offset) {
        return new KafkaPartitionRange(partition, Math.max(begin(partition), offset - maxRecords), offset);
    }

    private long begin(TopicPartition partition) {
        consumer.assign(List.of(partition));
        return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    private long end(TopicPartition partition) {
        consumer.assign(List.of(partition));
        return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** Returns the first matching record of the range. Searches at most the maximum number of records. */
    Optional<ConsumerRecord<byte[], byte[]>> first(
            KafkaPartitionRange range, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        AtomicReference<@Nullable ConsumerRecord<byte[], byte[]>> found = new AtomicReference<>();
        readUntil(range, record -> {
            if (wanted.test(record)) {
                found.set(record);
            }
            return found.get() != null;
        });
        return Optional.ofNullable(found.get());
    }

    void each(KafkaPartitionRange range, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        readUntil(range, record -> {
            sink.accept(record);
            return false;
        });
    }

    private synchronized void readUntil(KafkaPartitionRange range, Predicate<ConsumerRecord<byte[], byte[]>> last) {
        if (range.from() >= range.to()) {
            return;
        }
        consumer.assign(List.of(range.partition()));
        consumer.seek(range.partition(), range.from());
        int remaining = maxRecords;
        int empty = 0;
        while (remaining > 0 && consumer.position(range.partition()) < range.to()) {
            List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(range.partition());
            empty = records.isEmpty() ? empty + 1 : 0;
            if (empty > MAX_EMPTY_POLLS) {
                throw new IllegalStateException("Kafka returned no records for 10 s");
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (remaining-- == 0 || record.offset() >= range.to() || last.test(record)) {
                    return;
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
