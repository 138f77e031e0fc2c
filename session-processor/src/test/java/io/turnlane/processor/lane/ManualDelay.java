package io.turnlane.processor.lane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** {@link Delay} whose time passes only when a test says so. For one thread. */
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

    /** Lets the given time pass and runs the tasks that become due, in order. */
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

    /** Returns the time that has passed since the start. */
    public Duration passed() {
        return Duration.ofNanos(now);
    }

    /** Returns the number of tasks that wait. */
    public int waiting() {
        return waiting.size();
    }
}
