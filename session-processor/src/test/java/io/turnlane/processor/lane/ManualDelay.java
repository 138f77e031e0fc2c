package io.turnlane.processor.lane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time by hand. For one thread. */
public final class ManualDelay implements Delay {

    private record Delayed(long dueNanos, Runnable task) {}

    private final List<Delayed> waiting = new ArrayList<>();
    private long now;

    @Override
    public Cancellation after(Duration time, Runnable task) {
        Delayed delayed = new Delayed(now + time.toNanos(), task);
        waiting.add(delayed);
        return () -> waiting.remove(delayed);
    }

    /** Lets this much time pass, running what falls due, in order. */
    public void pass(Duration time) {
        long until = now + time.toNanos();
        while (true) {
            Delayed next = waiting.stream()
                    .min(Comparator.comparingLong(Delayed::dueNanos))
                    .orElse(null);
            if (next == null || next.dueNanos() > until) {
                now = until;
                return;
            }
            waiting.remove(next);
            now = next.dueNanos();
            next.task().run();
        }
    }

    /** How much time has passed. */
    public Duration passed() {
        return Duration.ofNanos(now);
    }

    public int waiting() {
        return waiting.size();
    }
}
