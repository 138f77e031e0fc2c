package io.turnlane.gateway.quarantine;

import io.turnlane.gateway.quarantine.KafkaConsumerPool.OffsetRange;
import org.apache.kafka.common.TopicPartition;

/**
 * Part of a partition that one page reads, with the offset down to which the page has used its records. Confined to one
 * thread.
 */
final class KafkaPartitionWindow {

    /** Number of offsets above the window in which duplicates are searched. */
    private static final int OFFSETS_ABOVE = 200;

    private final TopicPartition partition;
    private final long begin;
    private final long from;
    private final long to;
    private final long end;
    private long current;
    private int unused;

    /**
     * Creates a window.
     *
     * @param begin first offset of the partition
     * @param end offset after the last record of the partition
     * @param upper offset from which the page continues downwards; not part of the window
     * @param size number of offsets in the window
     */
    KafkaPartitionWindow(TopicPartition partition, long begin, long end, long upper, int size) {
        this.partition = partition;
        this.begin = begin;
        this.end = Math.max(begin, end);
        this.to = Math.clamp(upper, begin, this.end);
        this.from = Math.max(begin, to - size);
        this.current = to;
    }

    TopicPartition partition() {
        return partition;
    }

    /** Returns the range to read: the window and the offsets directly above it. */
    OffsetRange range() {
        return new OffsetRange(from, Math.min(end, to + OFFSETS_ABOVE));
    }

    /** Counts a record of the window. Returns false if the record lies above the window. */
    boolean addRecord(long offset) {
        if (offset >= to) {
            return false;
        }
        unused++;
        return true;
    }

    /** Moves the window down to this record, which is the highest of those left. */
    void moveTo(long offset) {
        current = offset;
        unused--;
    }

    /**
     * Returns true if all records of the window are used and older records remain below it. Their order relative to
     * other partitions is then unknown.
     */
    boolean isExhausted() {
        return unused == 0 && from > begin;
    }

    /** Returns the offset from which the next page continues downwards. */
    long nextUpper() {
        return unused == 0 ? from : current;
    }

    boolean hasMore() {
        return nextUpper() > begin;
    }
}
