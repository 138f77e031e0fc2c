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
 * When faults may have taken state from Redis, or events on their way: the limits of the promises. A flush takes all
 * that was there; a Redis that is killed takes what its append-only file hadn't yet, a second by default.
 */
public final class Losses {

    /** A second of the append-only file, and half of one for the write that was on its way. */
    private static final long UNSYNCED_MICROS = 1_500_000;

    /** How long after a heal a producer may still give up what it couldn't deliver. */
    private static final long LATE_DROPS_MICROS = 10_000_000;

    private static final Set<String> HOLDS_UP =
            Set.of("freeze", "half_open", "slow", "latency", "swallow", "reset", "down");

    private record FaultWindow(FaultBegan fault, long healed) {
        String kind() {
            return (fault.fault() + " " + fault.target()).toLowerCase(Locale.ROOT);
        }

        boolean takesAll() {
            return kind().contains("redis") && kind().contains("flush");
        }

        boolean takesTheLatest() {
            return kind().contains("redis") && (kind().contains("kill") || kind().contains("restart"));
        }

        /** A process that is gone sends nothing half; one that is held up, or can't reach the broker, gives up. */
        boolean dropsEvents() {
            return !kind().contains("redis")
                    && (kind().contains("broker") || HOLDS_UP.stream().anyMatch(kind()::startsWith));
        }
    }

    private final Map<String, FaultBegan> begun = new HashMap<>();
    private final List<FaultWindow> windows = new ArrayList<>();

    void began(FaultBegan fault) {
        begun.put(fault.id(), fault);
    }

    void healed(FaultHealed heal) {
        FaultBegan fault = begun.remove(heal.id());
        if (fault != null) {
            windows.add(new FaultWindow(fault, heal.time()));
        }
    }

    /** Faults that nobody healed hold to the end. */
    void closeOpenFaults() {
        begun.values().forEach(fault -> windows.add(new FaultWindow(fault, Long.MAX_VALUE - LATE_DROPS_MICROS)));
        begun.clear();
    }

    /** When the last fault was healed; 0 without faults. */
    public long lastHeal() {
        return windows.stream()
                .mapToLong(FaultWindow::healed)
                .filter(at -> at < Long.MAX_VALUE - LATE_DROPS_MICROS)
                .max()
                .orElse(0);
    }

    /** Whether state that was stored at this time may have been lost later. */
    public boolean mayHaveLostState(long storedAt) {
        return windows.stream()
                .anyMatch(w -> (w.takesAll() && storedAt <= w.healed())
                        || (w.takesTheLatest()
                                && storedAt >= w.fault().time() - UNSYNCED_MICROS
                                && storedAt <= w.healed()));
    }

    /** Whether events that were sent in this time may have been dropped on their way. */
    public boolean mayHaveLostEvents(long from, long to) {
        return windows.stream()
                .anyMatch(w -> w.dropsEvents() && w.fault().time() <= to && from <= w.healed() + LATE_DROPS_MICROS);
    }
}
