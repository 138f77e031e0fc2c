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
 * Reads stretches of partitions, each up to a bound of records, with a consumer that has no group and commits nothing.
 * For one thread at a time: callers hold its monitor.
 */
public final class KafkaScan implements AutoCloseable {

    /** How far a gateway's clock and a broker's may be apart. */
    static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

    private static final Duration POLL = Duration.ofMillis(200);

    /** Polls that may bring nothing, one after the other, though the stretch hasn't ended: 10 s. */
    private static final int MOST_EMPTY = 50;

    private final Consumer<byte[], byte[]> consumer;
    private final int most;

    /**
     * @param consumer closed with this
     * @param most records of one stretch that are read
     */
    public KafkaScan(Consumer<byte[], byte[]> consumer, int most) {
        this.consumer = consumer;
        this.most = most;
    }

    synchronized List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** Where Kafka's default partitioner puts this key. */
    TopicPartition partitionOf(String topic, String key) {
        int hash = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8)));
        return new TopicPartition(topic, hash % partitions(topic).size());
    }

    synchronized PartitionRange whole(TopicPartition partition) {
        return new PartitionRange(partition, begin(partition), end(partition));
    }

    /** From the first record of this time or later. */
    synchronized PartitionRange from(TopicPartition partition, Instant time) {
        consumer.assign(List.of(partition)); // the client warns of figures of partitions that it does not have
        @Nullable
        OffsetAndTimestamp at =
                consumer.offsetsForTimes(Map.of(partition, time.toEpochMilli())).get(partition);
        long end = end(partition);
        return new PartitionRange(partition, at == null ? end : at.offset(), end);
    }

    /** From the first record of the one time or later up to the first of the other. */
    synchronized PartitionRange between(TopicPartition partition, Instant from, Instant to) {
        return new PartitionRange(
                partition, from(partition, from).from(), from(partition, to).from());
    }

    /** The records right before this offset: as many as one stretch may have, should none be missing. */
    synchronized PartitionRange before(TopicPartition partition, long offset) {
        return new PartitionRange(partition, Math.max(begin(partition), offset - most), offset);
    }

    private long begin(TopicPartition partition) {
        consumer.assign(List.of(partition));
        return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    private long end(TopicPartition partition) {
        consumer.assign(List.of(partition));
        return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** The first record that matches. */
    Optional<ConsumerRecord<byte[], byte[]>> first(
            PartitionRange stretch, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        AtomicReference<@Nullable ConsumerRecord<byte[], byte[]>> found = new AtomicReference<>();
        until(stretch, record -> {
            if (wanted.test(record)) {
                found.set(record);
            }
            return found.get() != null;
        });
        return Optional.ofNullable(found.get());
    }

    void each(PartitionRange stretch, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        until(stretch, record -> {
            sink.accept(record);
            return false;
        });
    }

    private synchronized void until(PartitionRange stretch, Predicate<ConsumerRecord<byte[], byte[]>> last) {
        if (stretch.from() >= stretch.to()) {
            return;
        }
        consumer.assign(List.of(stretch.partition()));
        consumer.seek(stretch.partition(), stretch.from());
        int left = most;
        int empty = 0;
        while (left > 0 && consumer.position(stretch.partition()) < stretch.to()) {
            List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(stretch.partition());
            empty = records.isEmpty() ? empty + 1 : 0;
            if (empty > MOST_EMPTY) {
                throw new IllegalStateException("Kafka doesn't answer");
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (left-- == 0 || record.offset() >= stretch.to() || last.test(record)) {
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
