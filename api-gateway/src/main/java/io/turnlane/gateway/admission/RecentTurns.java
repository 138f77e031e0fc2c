package io.turnlane.gateway.admission;

/**
 * How many turns were taken lately, in slices of 100 ms over some seconds.
 *
 * <p>Safe for use by any number of threads; all is guarded by its monitor, which is held for a few steps.
 */
final class RecentTurns {

    private static final long SLICE_MS = 100;
    private static final int SLICES = 64;

    private final long[] slice = new long[SLICES];
    private final int[] count = new int[SLICES];

    synchronized void count(long nowMs) {
        long now = nowMs / SLICE_MS;
        int place = (int) (now % SLICES);
        if (slice[place] != now) {
            slice[place] = now;
            count[place] = 0;
        }
        count[place]++;
    }

    /** One that was counted then was none; what is so old that it isn't known any more stays as it is. */
    synchronized void undoCount(long thenMs) {
        long then = thenMs / SLICE_MS;
        int place = (int) (then % SLICES);
        if (slice[place] == then && count[place] > 0) {
            count[place]--;
        }
    }

    /** How many from then until now; the slice of then is counted in full. */
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
