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
     * Marks the last check as successful, so that turns may begin. If the check showed a loss, the caller must call
     * {@link #markLost} before.
     */
    synchronized void markChecked() {
        checked = true;
    }

    /** Marks the last check as failed. Turns wait until a check succeeds. */
    synchronized void markUnchecked() {
        checked = false;
    }

    /**
     * Marks the partition's memory as lost.
     *
     * @param maxWait maximum time that the partition's turns wait, counted from the first call for this loss
     * @return true if the caller must start a rebuild; false if a rebuild already runs
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

    /** Returns the time at which the loss was detected; null if no rebuild runs. */
    synchronized @Nullable Instant lostSince() {
        return lostSince;
    }

    synchronized void markRebuilt(Instant now) {
        lostSince = null;
        rebuiltAt = now;
    }

    /**
     * Returns true if the memory is being rebuilt, or if a rebuild ended within this period before {@code now}. Another
     * rebuild is then useless, because the log does not contain the missing data either.
     */
    synchronized boolean rebuiltWithin(Instant now, Duration period) {
        return lostSince != null || (rebuiltAt != null && now.isBefore(rebuiltAt.plus(period)));
    }

    /**
     * Returns true if the partition's turns may begin. The last check must have succeeded. Turns that wait for a
     * rebuild may begin after the maximum wait.
     */
    synchronized boolean isReady(Instant now) {
        return checked && (lostSince == null || !now.isBefore(waitsUntil));
    }
}
