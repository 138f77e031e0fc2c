package io.turnlane.chaos.check.facts;

import io.turnlane.chaos.history.HistoryLine.FaultBegan;
import java.util.Locale;
import java.util.Set;

/**
 * A fault of a run, from its beginning until it was healed.
 *
 * @param healed {@link #NEVER} if it was not healed
 * @param hits amount of work in progress that the fault hit; 0 if it was not healed
 */
public record FaultWindow(FaultBegan fault, long healed, int hits) {

    /** Time after the end of a fault in which a producer can still discard events that the fault delayed. */
    private static final long LATE_DISCARD_MICROS = 10_000_000;

    /** Time at which a fault counts as healed if the run ended before. */
    static final long NEVER = Long.MAX_VALUE - LATE_DISCARD_MICROS;

    /**
     * Maximum age of writes that Redis loses if it is killed: one second between two syncs of its append-only file,
     * plus half a second for the sync itself.
     */
    private static final long UNSYNCED_MICROS = 1_500_000;

    private static final Set<String> DELAYING_FAULTS =
            Set.of("freeze", "half_open", "slow", "latency", "swallow", "reset", "down");

    public boolean isHealed() {
        return healed < NEVER;
    }

    public long began() {
        return fault.time();
    }

    public String target() {
        return fault.target();
    }

    /** Returns the kind of the fault, and its target without a number: all processors count as one target. */
    public String kind() {
        return fault.fault() + " " + target().replaceFirst("-\\d+$", "");
    }

    /** Returns true if the fault was active at a time in this period. */
    public boolean overlaps(long from, long to) {
        return began() <= to && from <= healed;
    }

    private String text() {
        return (fault.fault() + " " + target()).toLowerCase(Locale.ROOT);
    }

    private boolean isOf(String word) {
        return text().contains(word);
    }

    boolean removesSessions() {
        return isOf("redis") && isOf("forget");
    }

    /** Returns true if state that was stored at this time was possibly lost by this fault. */
    boolean mayRemoveState(long storedAt) {
        if (!isOf("redis") || storedAt > healed) {
            return false;
        }
        return isOf("flush") || ((isOf("kill") || isOf("restart")) && storedAt >= began() - UNSYNCED_MICROS);
    }

    /**
     * Returns true if the fault possibly left a gap in the events that a process sent in this period. A kill of that
     * process leaves no gap, because only its last events are missing.
     */
    boolean mayDiscardEvents(long from, long to) {
        return !isOf("redis")
                && (isOf("broker") || DELAYING_FAULTS.stream().anyMatch(text()::startsWith))
                && overlaps(from - LATE_DISCARD_MICROS, to);
    }
}
