package io.turnlane.processor.rebuild;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is known of the memory of one held partition. Safe for threads; guarded by itself. */
final class PartitionLossState {

    private final HeldPartition partition;
    private boolean markChecked;
    private @Nullable Instant lostSince;
    private Instant waitsUntil = Instant.MIN;
    private @Nullable Instant rebuiltAt;

    PartitionLossState(HeldPartition partition) {
        this.partition = partition;
    }

    HeldPartition partition() {
        return partition;
    }

    /** Its markers were compared; whatever that told has been noted before. */
    synchronized void markChecked() {
        markChecked = true;
    }

    /** Nobody can tell at the moment. */
    synchronized void markUnchecked() {
        markChecked = false;
    }

    /**
     * Its memory was lost; false where that is known already.
     *
     * @param longest how long its turns wait for it, from when it was first known
     */
    synchronized boolean markLost(Instant now, Duration longest) {
        Instant until = (lostSince == null ? now : lostSince).plus(longest);
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

    /** Whether it is being rebuilt, or has been just now: what is missing then is missing in the log too. */
    synchronized boolean rebuiltWithin(Instant now, Duration lately) {
        return lostSince != null || (rebuiltAt != null && now.isBefore(rebuiltAt.plus(lately)));
    }

    /** Whether its turns may begin. */
    synchronized boolean ready(Instant now) {
        return markChecked && (lostSince == null || !now.isBefore(waitsUntil));
    }
}
