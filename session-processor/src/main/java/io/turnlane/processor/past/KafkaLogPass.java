package io.turnlane.processor.past;

import io.turnlane.log.LogRange;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.past.TimeMerge.Next;
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
 * A sequential read (pass) of a partition of the turns topic together with the partition of the events topic that has
 * the same number. The pass reads up to the ends that the partitions had when it began. If the pass has read much
 * further in one topic than in the other, it pauses that topic, so that only a small part of the log is in the heap. An
 * object makes one pass, on one thread.
 */
public final class KafkaLogPass {

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
    private static final Duration MAX_SILENCE = Duration.ofSeconds(20);
    /** Maximum number of records of one topic that wait for the other topic. */
    private static final int MAX_RECORDS_AHEAD = 1000;

    /** Maximum total size of the records of one topic that wait for the other topic, in bytes. */
    private static final long MAX_BYTES_AHEAD = 4 * 1024 * 1024;

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition turns;
    private final TopicPartition events;
    private final KafkaRecordDispatcher dispatcher;
    private final TimeMerge<ConsumerRecord<byte[], byte[]>, ConsumerRecord<byte[], byte[]>> merge;
    private Map<TopicPartition, Long> ends = Map.of();
    private long turnsBytes;
    private long eventsBytes;

    /**
     * Creates a pass, which begins after a call of {@code seekTo}.
     *
     * @param consumer consumer without a group, used by this pass only
     * @param slack maximum difference between the clocks of gateways and processors
     */
    public KafkaLogPass(
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            int partition,
            Duration slack,
            KafkaRecordDispatcher dispatcher) {
        this.consumer = consumer;
        this.turns = new TopicPartition(topics.turns(), partition);
        this.events = new TopicPartition(topics.events(), partition);
        this.dispatcher = dispatcher;
        this.merge = new TimeMerge<>(slack);
    }

    /**
     * Sets the start of the pass. Events start at the first record at or after {@code eventsFrom}. Turns start at the
     * first record at or after {@code turnsFrom}, or at {@code firstOpen} if this offset is lower.
     *
     * @param firstOpen offset of the first turn that can be delivered again
     */
    public KafkaLogPass seekTo(Instant turnsFrom, long firstOpen, Instant eventsFrom) {
        consumer.assign(List.of(turns, events));
        ends = consumer.endOffsets(List.of(turns, events));
        Map<TopicPartition, @Nullable OffsetAndTimestamp> starts = new HashMap<>(
                consumer.offsetsForTimes(Map.of(turns, turnsFrom.toEpochMilli(), events, eventsFrom.toEpochMilli())));
        for (TopicPartition partition : List.of(turns, events)) {
            OffsetAndTimestamp start = starts.get(partition);
            long offset = start == null ? end(partition) : start.offset();
            consumer.seek(partition, partition.equals(turns) ? Math.min(offset, firstOpen) : offset);
        }
        return this;
    }

    /** Sets the ranges of turns and of events that the pass reads. */
    public KafkaLogPass seekTo(LogRange turnsRange, LogRange eventsRange) {
        consumer.assign(List.of(turns, events));
        ends = Map.of(turns, turnsRange.to(), events, eventsRange.to());
        consumer.seek(turns, turnsRange.from());
        consumer.seek(events, eventsRange.from());
        return this;
    }

    /** Returns true if the pass has passed all turns of its range to the dispatcher. */
    public boolean hasReadAllTurns() {
        return !hasMore(turns) && merge.commands() == 0;
    }

    /**
     * Runs the pass.
     *
     * @param proceed called repeatedly; the pass stops if it returns false
     * @return true if the pass reached the end; false if it stopped because {@code proceed} returned false
     */
    public boolean run(BooleanSupplier proceed) {
        Duration silence = Duration.ZERO;
        while (hasMore(turns) || hasMore(events)) {
            if (!proceed.getAsBoolean()) {
                return false;
            }
            balance();
            boolean any = poll();
            silence = any ? Duration.ZERO : silence.plus(POLL_TIMEOUT);
            if (silence.compareTo(MAX_SILENCE) > 0) {
                throw new LogUnavailableException(
                        "the log delivered no records for 20 s before the end of the pass", null);
            }
            dispatch();
        }
        dispatch();
        return true;
    }

    private long end(TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    private boolean hasMore(TopicPartition partition) {
        return consumer.position(partition) < end(partition);
    }

    private void balance() {
        setPaused(turns, !hasMore(turns) || merge.commands() > MAX_RECORDS_AHEAD || turnsBytes > MAX_BYTES_AHEAD);
        setPaused(events, !hasMore(events) || merge.events() > MAX_RECORDS_AHEAD || eventsBytes > MAX_BYTES_AHEAD);
    }

    private void setPaused(TopicPartition partition, boolean pause) {
        if (pause) {
            consumer.pause(Set.of(partition));
        } else {
            consumer.resume(Set.of(partition));
        }
    }

    private boolean poll() {
        var records = consumer.poll(POLL_TIMEOUT);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Instant at = Instant.ofEpochMilli(record.timestamp());
            boolean isTurn = record.topic().equals(turns.topic());
            if (record.offset() >= end(isTurn ? turns : events)) {
                continue; // after the range
            }
            if (isTurn) {
                merge.command(at, record);
                turnsBytes += sizeOf(record);
            } else if (dispatcher.isRelevant(record)) {
                merge.event(at, record);
                eventsBytes += sizeOf(record);
            }
        }
        return !records.isEmpty();
    }

    private static long sizeOf(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0, record.serializedValueSize());
    }

    private void dispatch() {
        Next<ConsumerRecord<byte[], byte[]>, ConsumerRecord<byte[], byte[]>> next;
        while ((next = merge.next(hasMore(turns), hasMore(events))) != null) {
            if (next.command() != null) {
                turnsBytes -= sizeOf(next.command());
                dispatcher.command(next.command());
            } else if (next.event() != null) {
                eventsBytes -= sizeOf(next.event());
                dispatcher.event(next.event());
            }
        }
    }
}
