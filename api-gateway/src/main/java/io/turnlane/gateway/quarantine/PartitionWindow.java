package io.turnlane.gateway.quarantine;

import io.turnlane.gateway.quarantine.KafkaConsumerPool.OffsetRange;
import org.apache.kafka.common.TopicPartition;

/** The part of a partition that one page looks at, and how far down it the page has come. For one thread. */
final class PartitionWindow {

    /** How far above a page twins are looked for. */
    private static final int ABOVE = 200;

    private final TopicPartition partition;
    private final long begin;
    private final long from;
    private final long to;
    private final long end;
    private long place;
    private int unpassed;

    /**
     * @param begin of the partition
     * @param end of the partition
     * @param upper the place from which the page goes down
     * @param size how many offsets it looks at
     */
    PartitionWindow(TopicPartition partition, long begin, long end, long upper, int size) {
        this.partition = partition;
        this.begin = begin;
        this.end = Math.max(begin, end);
        this.to = Math.clamp(upper, begin, this.end);
        this.from = Math.max(begin, to - size);
        this.place = to;
    }

    TopicPartition partition() {
        return partition;
    }

    /** What is read: the window, and what stands right above it. */
    OffsetRange range() {
        return new OffsetRange(from, Math.min(end, to + ABOVE));
    }

    /** Notes a record; false where it stands above the window. */
    boolean addRecord(long offset) {
        if (offset >= to) {
            return false;
        }
        unpassed++;
        return true;
    }

    /** The page has come to this record, the highest of those left. */
    void moveTo(long offset) {
        place = offset;
        unpassed--;
    }

    /** Whether it is used up, and below it there is more: how that compares with other partitions is unknown. */
    boolean isExhausted() {
        return unpassed == 0 && from > begin;
    }

    /** Where the next page goes on. */
    long nextUpper() {
        return unpassed == 0 ? from : place;
    }

    boolean hasMore() {
        return nextUpper() > begin;
    }
}
