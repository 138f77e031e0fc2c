package io.turnlane.gateway.operations.quarantine;

import io.turnlane.log.LogRange;
import org.apache.kafka.common.TopicPartition;

/**
 * Window of a partition: the range of offsets that is read for one page. The page takes the records of the window from
 * the highest offset downwards. This class keeps the offset of the last record taken. Not safe for use by multiple
 * threads.
 */
final class KafkaPartitionWindow {

    /**
     * Number of offsets above the window that are also read. Their records were on earlier pages. The current page must
     * omit duplicates of them.
     */
    private static final int OFFSETS_ABOVE = 200;

    private final TopicPartition partition;
    private final long begin;
    private final long from;
    private final long to;
    private final long end;
    private long current;
    private int unused;

    /** @param upper offset from which the page continues downwards; not part of the window */
    KafkaPartitionWindow(LogRange whole, long upper, int size) {
        this.partition = whole.partition();
        this.begin = whole.from();
        this.end = Math.max(begin, whole.to());
        this.to = Math.clamp(upper, begin, this.end);
        this.from = Math.max(begin, to - size);
        this.current = to;
    }

    TopicPartition partition() {
        return partition;
    }

    /** Returns the window and the offsets directly above it. */
    LogRange range() {
        return new LogRange(partition, from, Math.min(end, to + OFFSETS_ABOVE));
    }

    /** Counts a record that was read, and returns true if its offset is inside the window. */
    boolean addRecord(long offset) {
        if (offset >= to) {
            return false;
        }
        unused++;
        return true;
    }

    /**
     * Called when the record at this offset is added to the page. Records must be added from the highest offset down.
     */
    void moveTo(long offset) {
        current = offset;
        unused--;
    }

    /**
     * Returns true if the page contains all records of the window and the partition has older records. The page must
     * then end, even if it is not full. The partition's next record was not read, and it may be newer than the next
     * records of other partitions.
     */
    boolean isExhausted() {
        return unused == 0 && from > begin;
    }

    /** Returns the parameter {@code upper} of this partition's window for the next page. */
    long nextUpper() {
        return unused == 0 ? from : current;
    }

    boolean hasMore() {
        return nextUpper() > begin;
    }
}
