package io.turnlane.chaos.check.facts;

import java.util.List;

/**
 * Losses that the promises do not cover, because faults possibly removed state from Redis or prevented events from
 * reaching the broker. A flush removes everything that was stored. A killed Redis loses the writes that are not yet
 * synced to its append-only file, by default those of the last second.
 */
public record Losses(List<FaultWindow> faults) {

    /** Returns the time at which the last fault was healed; 0 if there was none. */
    public long lastHeal() {
        return faults.stream()
                .filter(FaultWindow::isHealed)
                .mapToLong(FaultWindow::healed)
                .max()
                .orElse(0);
    }

    /** Returns true if state that was stored at this time was possibly lost later. */
    public boolean mayHaveLostState(long storedAt) {
        return faults.stream().anyMatch(fault -> fault.mayRemoveState(storedAt));
    }

    /**
     * Returns the time of the first fault that possibly deleted memory stored at {@code storedAt} by deleting single
     * sessions; {@link Long#MAX_VALUE} if there was none. A later turn of the session must report the loss.
     */
    public long forgottenAt(long storedAt) {
        return faults.stream()
                .filter(FaultWindow::removesSessions)
                .filter(fault -> storedAt <= fault.healed())
                .mapToLong(FaultWindow::began)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Returns true if events that a process sent in this period possibly never reached the broker. */
    public boolean mayHaveLostEvents(long from, long to) {
        return faults.stream().anyMatch(fault -> fault.mayDiscardEvents(from, to));
    }
}
