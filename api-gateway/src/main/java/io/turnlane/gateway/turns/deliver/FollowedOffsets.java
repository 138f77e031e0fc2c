package io.turnlane.gateway.turns.deliver;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Offsets of a follower in each partition of the events topic.
 *
 * <p>Threading: the follower's thread changes the offsets, and any thread reads them.
 */
final class FollowedOffsets {

    private static final long UNKNOWN = -1;

    /** Next offset to read, by partition. */
    private final AtomicLongArray next;

    /** Offset after the last record whose event was offered to subscriptions, by partition. Never ahead of the next. */
    private final AtomicLongArray offered;

    /** Creates the offsets of a topic of which the follower has read nothing yet. */
    FollowedOffsets(int partitions) {
        next = new AtomicLongArray(partitions);
        offered = new AtomicLongArray(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            next.set(partition, UNKNOWN);
        }
    }

    int partitions() {
        return next.length();
    }

    long next(int partition) {
        return next.get(partition);
    }

    long offered(int partition) {
        return offered.get(partition);
    }

    /** Returns the next offset to read. Starts at the given end of the partition if the follower has read nothing. */
    long startAt(int partition, long end) {
        next.compareAndSet(partition, UNKNOWN, end);
        return next.get(partition);
    }

    void read(int partition, long offset) {
        next.set(partition, offset + 1);
    }

    void offered(int partition, long offset) {
        offered.set(partition, offset + 1);
    }

    /**
     * Continues at this offset of the partition. Sets the offered offset first: a recreated topic may end at a lower
     * offset. If the offered offset were higher, cursors sent to clients would be beyond the end, and clients would
     * miss new events.
     */
    void skipTo(int partition, long end) {
        offered.set(partition, end);
        next.set(partition, end);
    }
}
