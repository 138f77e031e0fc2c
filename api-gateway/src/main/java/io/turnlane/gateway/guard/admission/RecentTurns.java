package io.turnlane.gateway.guard.admission;

/**
 * Number of recently admitted turns, in slices of 100 ms over the last 6.4 s.
 *
 * <p>Safe for use by any number of threads. The monitor of this object guards all state.
 */
final class RecentTurns {

    private static final long SLICE_MS = 100;
    private static final int SLICES = 64;

    private final long[] slice = new long[SLICES];
    private final int[] count = new int[SLICES];

    synchronized void count(long nowMs) {
        long now = nowMs / SLICE_MS;
        int index = (int) (now % SLICES);
        if (slice[index] != now) {
            slice[index] = now;
            count[index] = 0;
        }
        count[index]++;
    }

    /** Removes one turn that was counted at this time. Does nothing if the time is more than 6.4 s ago. */
    synchronized void undoCount(long thenMs) {
        long then = thenMs / SLICE_MS;
        int index = (int) (then % SLICES);
        if (slice[index] == then && count[index] > 0) {
            count[index]--;
        }
    }

    /**
     * Returns the number of turns counted between these times. Includes all turns of the 100 ms slice that contains the
     * start.
     */
    synchronized int since(long thenMs, long nowMs) {
        int all = 0;
        for (int i = 0; i < SLICES; i++) {
            if (slice[i] >= thenMs / SLICE_MS && slice[i] <= nowMs / SLICE_MS) {
                all += count[i];
            }
        }
        return all;
    }
}
