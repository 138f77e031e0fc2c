package io.turnlane.log;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Range of offsets of a partition, from {@code from} (inclusive) to {@code to} (exclusive). It can contain fewer
 * records than offsets, because compaction and transactions leave gaps.
 */
public record LogRange(TopicPartition partition, long from, long to) {

    private static final Duration POLL = Duration.ofMillis(200);

    /** Returns one range for each partition: from its first record to its current end. */
    public static List<LogRange> whole(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        consumer.assign(partitions); // before the next call, because the client logs warnings otherwise
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        return partitions.stream()
                .map(partition ->
                        new LogRange(partition, begins.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L)))
                .toList();
    }

    /** Returns true if the range contains no offset. */
    public boolean isEmpty() {
        return from >= to;
    }

    /**
     * Reads the records of several ranges, each in the order of its offsets. Changes the assignment and the position of
     * the consumer. After the call, the position of each partition is at or after the end of its range, unless
     * {@code proceed} ended the read.
     *
     * @param patience maximum time without a record
     * @param proceed called with each record; returns false to end the read
     * @throws TimeoutException if Kafka returns no record for longer than {@code patience}
     */
    public static <K, V> void read(
            Consumer<K, V> consumer,
            Collection<LogRange> ranges,
            Duration patience,
            Predicate<ConsumerRecord<K, V>> proceed) {
        Map<TopicPartition, LogRange> left = new HashMap<>();
        ranges.stream().filter(range -> !range.isEmpty()).forEach(range -> left.put(range.partition(), range));
        consumer.assign(left.keySet());
        left.values().forEach(range -> consumer.seek(range.partition(), range.from()));
        long progress = System.nanoTime();
        while (!left.isEmpty()) {
            for (ConsumerRecord<K, V> record : consumer.poll(POLL)) {
                LogRange range = left.get(new TopicPartition(record.topic(), record.partition()));
                progress = System.nanoTime();
                if (range != null && record.offset() < range.to() && !proceed.test(record)) {
                    return;
                }
            }
            left.values().removeIf(range -> consumer.position(range.partition()) >= range.to());
            if (!left.isEmpty() && System.nanoTime() - progress > patience.toNanos()) {
                throw new TimeoutException("Kafka returned no records for " + patience.toSeconds() + " s");
            }
            consumer.assign(left.keySet());
        }
    }
}
