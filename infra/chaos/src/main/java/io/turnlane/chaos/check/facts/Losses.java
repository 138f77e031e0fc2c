package io.turnlane.chaos.check.facts;

import io.turnlane.chaos.history.HistoryLine.FaultBegan;
import io.turnlane.chaos.history.HistoryLine.FaultHealed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Periods in which faults possibly removed state from Redis or prevented events from reaching the broker. The promises
 * do not cover these losses. A flush removes everything that was stored. A killed Redis loses the writes that are not
 * yet synced to its append-only file, by default those of the last second.
 */
public final class Losses {

    /**
     * Maximum age of writes that Redis loses if it is killed: one second between two syncs of its append-only file,
     * plus half a second for the sync itself.
     */
    private static final long UNSYNCED_MICROS = 1_500_000;

    /** Time after the end of a fault in which a producer can still discard events that the fault delayed. */
    private static final long LATE_DISCARD_MICROS = 10_000_000;

    private static final Set<String> DELAYING_FAULTS =
            Set.of("freeze", "half_open", "slow", "latency", "swallow", "reset", "down");

    private record FaultWindow(FaultBegan fault, long healed) {
        String kind() {
            return (fault.fault() + " " + fault.target()).toLowerCase(Locale.ROOT);
        }

        boolean removesAll() {
            return kind().contains("redis") && kind().contains("flush");
        }

        boolean removesSessions() {
            return kind().contains("redis") && kind().contains("forget");
        }

        boolean removesLatestWrites() {
            return kind().contains("redis") && (kind().contains("kill") || kind().contains("restart"));
        }

        /**
         * Returns true if the fault possibly left a gap in the events that a process sends. A kill of that process
         * leaves no gap, because only its last events are missing.
         */
        boolean mayDiscardEvents() {
            return !kind().contains("redis")
                    && (kind().contains("broker") || DELAYING_FAULTS.stream().anyMatch(kind()::startsWith));
        }
    }

    private final Map<String, FaultBegan> open = new HashMap<>();
    private final List<FaultWindow> windows = new ArrayList<>();

    void began(FaultBegan fault) {
        open.put(fault.id(), fault);
    }

    void healed(FaultHealed heal) {
        FaultBegan fault = open.remove(heal.id());
        if (fault != null) {
            windows.add(new FaultWindow(fault, heal.time()));
        }
    }

    /** Treats faults that were never healed as if they were healed at the end of the run. */
    void closeOpenFaults() {
        open.values().forEach(fault -> windows.add(new FaultWindow(fault, Long.MAX_VALUE - LATE_DISCARD_MICROS)));
        open.clear();
    }

    /** Returns the time at which the last fault was healed; 0 if there was none. */
    public long lastHeal() {
        return windows.stream()
                .mapToLong(FaultWindow::healed)
                .filter(at -> at < Long.MAX_VALUE - LATE_DISCARD_MICROS)
                .max()
                .orElse(0);
    }

    /** Returns true if state that was stored at this time was possibly lost later. */
    public boolean mayHaveLostState(long storedAt) {
        return windows.stream()
                .anyMatch(w -> (w.removesAll() && storedAt <= w.healed())
                        || (w.removesLatestWrites()
                                && storedAt >= w.fault().time() - UNSYNCED_MICROS
                                && storedAt <= w.healed()));
    }

    /**
     * Returns the time of the first fault that possibly deleted memory stored at {@code storedAt} by deleting single
     * sessions; {@link Long#MAX_VALUE} if there was none. A later turn of the session must report the loss.
     */
    public long forgottenAt(long storedAt) {
        return windows.stream()
                .filter(FaultWindow::removesSessions)
                .filter(w -> storedAt <= w.healed())
                .mapToLong(w -> w.fault().time())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Returns true if events that a process sent in this period possibly never reached the broker. */
    public boolean mayHaveLostEvents(long from, long to) {
        return windows.stream()
                .anyMatch(w ->
                        w.mayDiscardEvents() && w.fault().time() <= to && from <= w.healed() + LATE_DISCARD_MICROS);
    }
}
