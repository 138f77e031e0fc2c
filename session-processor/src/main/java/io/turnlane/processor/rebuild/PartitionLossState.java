package io.turnlane.processor.rebuild;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * State of one owned partition: if its memory is known to be lost, and when it was rebuilt. Thread-safe; its own
 * monitor guards it.
 */
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
     * Notes that the markers were checked. If the check showed a loss, {@link #markLost} must be called before this
     * method, so that no turn begins in between.
     */
    synchronized void markChecked() {
        checked = true;
    }

    /** Notes that the markers could not be read. Turns wait until the next successful check. */
    synchronized void markUnchecked() {
        checked = false;
    }

    /**
     * Notes that the partition's memory was lost.
     *
     * @param maxWait maximum time that the partition's turns wait, counted from the time at which the loss was first
     *     noted
     * @return true if the caller must start a rebuild; false if a loss was already known, because a rebuild then runs
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
     * Returns true if the memory is being rebuilt, or if a rebuild ended within this period before {@code now}. In this
     * case, another rebuild is useless: data that the last one didn't restore is not in the log either.
     */
    synchronized boolean rebuiltWithin(Instant now, Duration period) {
        return lostSince != null || (rebuiltAt != null && now.isBefore(rebuiltAt.plus(period)));
    }

    /**
     * Returns true if the partition's turns may begin. Requires a successful check, and either intact memory or the end
     * of the maximum wait.
     */
    synchronized boolean isReady(Instant now) {
        return checked && (lostSince == null || !now.isBefore(waitsUntil));
    }
}
