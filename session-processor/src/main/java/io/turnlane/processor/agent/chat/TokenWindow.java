package io.turnlane.processor.agent.chat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Tokens that calls used within the last minute. Thread-safe. */
final class TokenWindow {

    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

    private final Deque<Spending> spendings = new ArrayDeque<>(); // oldest first; guarded by this
    private long sum; // guarded by this

    /** Tokens of one call: first an estimate, and later the number that the service reports. */
    static final class Spending {

        private final long startNanos;
        private long tokens;

        private Spending(long startNanos, long tokens) {
            this.startNanos = startNanos;
            this.tokens = tokens;
        }
    }

    /**
     * Returns the time in nanoseconds until the window has room for further tokens; 0 if it has room now. A number of
     * tokens above the limit has room in an empty window, because the service itself can reject the call.
     */
    synchronized long nanosUntilRoom(long tokens, long limit) {
        long now = System.nanoTime();
        removeUntil(now - WINDOW_NANOS);
        long excess = sum + tokens - limit;
        long wait = 0;
        for (Spending spending : spendings) {
            if (excess <= 0) {
                break;
            }
            excess -= spending.tokens;
            wait = spending.startNanos + WINDOW_NANOS - now;
        }
        return wait;
    }

    /** Adds a call that starts now, with an estimate of its tokens. */
    synchronized Spending add(long tokens) {
        Spending spending = new Spending(System.nanoTime(), tokens);
        spendings.add(spending);
        sum += tokens;
        return spending;
    }

    /** Replaces an estimate. Has no effect after a minute. */
    synchronized void correct(Spending spending, long tokens) {
        if (spendings.contains(spending)) {
            sum += tokens - spending.tokens;
            spending.tokens = tokens;
        }
    }

    private void removeUntil(long nanoTime) {
        while (!spendings.isEmpty() && spendings.getFirst().startNanos - nanoTime <= 0) {
            sum -= spendings.removeFirst().tokens;
        }
    }
}
