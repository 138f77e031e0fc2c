package io.turnlane.gateway.quarantine;

import io.turnlane.gateway.quarantine.KafkaConsumerPool.OffsetRange;
import org.apache.kafka.common.TopicPartition;

/**
 * Window of a partition: the range of offsets that is read for one page. The page takes the records of the window from
 * the highest offset downwards. This class keeps the offset of the last record taken. Not safe for use by multiple
 * threads.
 */
final class KafkaPartitionWindow {

    /**
     * Number of offsets above the window that are also read. They contain records of earlier pages, whose duplicates
     * the page must omit.
     */
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

    /** Notes that a record of the window was read. Returns false if the record is above the window. */
    boolean addRecord(long offset) {
        if (offset >= to) {
            return false;
        }
        unused++;
        return true;
    }

    /**
     * Notes that the page takes this record. It must be the highest record of the window that the page has not taken
     * yet.
     */
    void moveTo(long offset) {
        current = offset;
        unused--;
    }

    /**
     * Returns true if the page contains all records of the window but the partition has older records below the window.
     * The page must then end, even if it is not full. A page merges the partitions by time, newest first, and the next
     * record below the window may be newer than the next record of another partition.
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
