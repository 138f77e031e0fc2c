package io.turnlane.processor.rebuild.recall;

import io.turnlane.model.Topics;
import io.turnlane.processor.rebuild.recall.TimeMerge.Next;
import io.turnlane.processor.turn.Turn.LogUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a partition of the turns topic and the one of its number in the events topic, to where they end as it
 * starts. Whichever of the two is ahead pauses, so that little of the log is in memory. For one thread, once.
 */
final class KafkaLogPass {

    private static final Duration ONE_POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(20);
    /** Records of one topic that wait for the other, and how large they may be together. */
    private static final int MOST_AHEAD = 1000;

    private static final long MOST_BYTES_AHEAD = 4 * 1024 * 1024;

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition turns;
    private final TopicPartition events;
    private final KafkaRecordDispatcher teller;
    private final TimeMerge<ConsumerRecord<byte[], byte[]>, ConsumerRecord<byte[], byte[]>> merge;
    private Map<TopicPartition, Long> ends = Map.of();
    private long turnsBytes;
    private long eventsBytes;

    KafkaLogPass(
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            int partition,
            Duration slack,
            KafkaRecordDispatcher teller) {
        this.consumer = consumer;
        this.turns = new TopicPartition(topics.turns(), partition);
        this.events = new TopicPartition(topics.events(), partition);
        this.teller = teller;
        this.merge = new TimeMerge<>(slack);
    }

    /** Goes to the first records of these times. */
    KafkaLogPass seekTo(Instant turnsFrom, Instant eventsFrom) {
        consumer.assign(List.of(turns, events));
        ends = consumer.endOffsets(List.of(turns, events));
        Map<TopicPartition, @Nullable OffsetAndTimestamp> starts = new HashMap<>(
                consumer.offsetsForTimes(Map.of(turns, turnsFrom.toEpochMilli(), events, eventsFrom.toEpochMilli())));
        for (TopicPartition partition : List.of(turns, events)) {
            OffsetAndTimestamp start = starts.get(partition);
            consumer.seek(partition, start == null ? end(partition) : start.offset());
        }
        return this;
    }

    /** @return whether it came to the end */
    boolean run(BooleanSupplier goOn) {
        Duration silence = Duration.ZERO;
        while (more(turns) || more(events)) {
            if (!goOn.getAsBoolean()) {
                return false;
            }
            balance();
            boolean any = poll();
            silence = any ? Duration.ZERO : silence.plus(ONE_POLL);
            if (silence.compareTo(LONGEST_SILENCE) > 0) {
                throw new LogUnavailableException("the log fell silent before its end", null);
            }
            tell();
        }
        tell();
        return true;
    }

    private long end(TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    private boolean more(TopicPartition partition) {
        return consumer.position(partition) < end(partition);
    }

    private void balance() {
        pauseWhere(turns, !more(turns) || merge.commands() > MOST_AHEAD || turnsBytes > MOST_BYTES_AHEAD);
        pauseWhere(events, !more(events) || merge.events() > MOST_AHEAD || eventsBytes > MOST_BYTES_AHEAD);
    }

    private void pauseWhere(TopicPartition partition, boolean pause) {
        if (pause) {
            consumer.pause(Set.of(partition));
        } else {
            consumer.resume(Set.of(partition));
        }
    }

    private boolean poll() {
        var records = consumer.poll(ONE_POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Instant at = Instant.ofEpochMilli(record.timestamp());
            if (record.topic().equals(turns.topic())) {
                merge.command(at, record);
                turnsBytes += sizeOf(record);
            } else if (teller.isRelevant(record)) {
                merge.event(at, record);
                eventsBytes += sizeOf(record);
            }
        }
        return !records.isEmpty();
    }

    private static long sizeOf(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0, record.serializedValueSize());
    }

    private void tell() {
        Next<ConsumerRecord<byte[], byte[]>, ConsumerRecord<byte[], byte[]>> next;
        while ((next = merge.next(more(turns), more(events))) != null) {
            if (next.command() != null) {
                turnsBytes -= sizeOf(next.command());
                teller.command(next.command());
            } else if (next.event() != null) {
                eventsBytes -= sizeOf(next.event());
                teller.event(next.event());
            }
        }
    }
}
