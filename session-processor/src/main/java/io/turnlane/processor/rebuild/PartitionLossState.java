package io.turnlane.processor.rebuild;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Known losses and rebuilds of the memory of one owned partition. Thread-safe; guarded by its own monitor. */
final class PartitionLossState {

    private final HeldPartition partition;
    private boolean checked;
    private @Nullable Instant lostSince;
    private Instant waitsUntil = Instant.MIN;
    private @Nullable Instant rebuiltAt;

    PartitionLossState(HeldPartition partition) {
        this.partition = partition;
    }

    HeldPartition partition() {
        return partition;
    }

    /**
     * Notes that the markers were compared. If the comparison showed a loss, {@link #markLost} must be called first.
     */
    synchronized void markChecked() {
        checked = true;
    }

    /** Notes that the markers can't be read at the moment. */
    synchronized void markUnchecked() {
        checked = false;
    }

    /**
     * Notes that the partition's memory was lost.
     *
     * @param maxWait maximum time that the partition's turns wait, from the first notice of the loss
     * @return false if the loss was known already
     */
    synchronized boolean markLost(Instant now, Duration maxWait) {
        Instant until = (lostSince == null ? now : lostSince).plus(maxWait);
        waitsUntil = lostSince != null && waitsUntil.isAfter(until) ? waitsUntil : until;
        if (lostSince != null) {
            return false;
        }
        lostSince = now;
        return true;
    }

    synchronized void markRebuilt(Instant now) {
        lostSince = null;
        rebuiltAt = now;
    }

    /**
     * Returns true if the memory is being rebuilt, or if a rebuild ended within this period before {@code now}. If data
     * is still missing after a rebuild, the log doesn't hold it either, and another rebuild is useless.
     */
    synchronized boolean rebuiltWithin(Instant now, Duration period) {
        return lostSince != null || (rebuiltAt != null && now.isBefore(rebuiltAt.plus(period)));
    }

    /** Returns true if the partition's turns may begin. */
    synchronized boolean isReady(Instant now) {
        return checked && (lostSince == null || !now.isBefore(waitsUntil));
    }
}
