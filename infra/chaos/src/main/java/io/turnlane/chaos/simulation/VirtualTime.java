package io.turnlane.chaos.simulation;

import io.turnlane.processor.lane.Delay.Cancellation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Virtual clock and scheduler of a simulation. Events run in the order of their times. The seed decides the order of
 * events with the same time.
 *
 * <p>A strand is code that can sleep. Each strand has a thread of its own, because the engine's code blocks. Only one
 * thread runs at any time: the driver of the simulation, or the strand that the driver has resumed. All state of a
 * simulation is therefore used by one thread at a time.
 */
final class VirtualTime {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random;
    private final PriorityQueue<TimedTask> events = new PriorityQueue<>(Comparator.comparingLong(TimedTask::at)
            .thenComparingInt(TimedTask::tie)
            .thenComparingLong(TimedTask::number));
    private final List<Strand> strands = new ArrayList<>();
    private long now;
    private long number;
    private long steps;
    private long trace;
    private @Nullable Strand current;

    VirtualTime(Random random) {
        this.random = random;
    }

    /** Process whose events and strands can be frozen or killed. */
    static final class SimulatedHost {

        private final String name;
        private boolean dead;
        private long frozenUntil;

        SimulatedHost(String name) {
            this.name = name;
        }

        boolean isDead() {
            return dead;
        }

        boolean isFrozen(VirtualTime time) {
            return frozenUntil > time.now;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private record TimedTask(long at, int tie, long number, SimulatedHost host, Runnable task) {}

    /** Task that can be cancelled, also while a frozen process delays its event. */
    private static final class Cancellable implements Runnable, Cancellation {

        private final Runnable task;
        private boolean cancelled;

        private Cancellable(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** Thrown by every sleep and every call of a killed process. */
    static final class KilledError extends Error {
        KilledError() {
            super("killed", null, false, false);
        }
    }

    /** Code that can sleep. */
    static final class Strand {

        private final SimulatedHost host;
        private final @Nullable Strand waiter;
        private final StrandThread thread;
        private @Nullable Cancellation wakeUp;
        private boolean interruptible;
        private volatile boolean ended;

        /** @param waiter strand that waits for the end of this one; null if none does */
        private Strand(SimulatedHost host, @Nullable Strand waiter, Runnable task) {
            this.host = host;
            this.waiter = waiter;
            this.thread = new StrandThread(() -> {
                try {
                    task.run();
                } catch (KilledError e) {
                    // the process is dead
                } finally {
                    ended = true;
                }
            });
        }
    }

    Instant instant() {
        return START.plusNanos(now);
    }

    long nanos() {
        return now;
    }

    /** Returns a number that two runs share only if they executed the same steps at the same times. */
    long trace() {
        return trace;
    }

    long steps() {
        return steps;
    }

    /** Runs the task after the given time, unless its process is dead by then. A frozen process runs it later. */
    Cancellation after(SimulatedHost host, Duration delay, Runnable task) {
        Cancellable cancellable = new Cancellable(task);
        events.add(new TimedTask(now + Math.max(0, delay.toNanos()), random.nextInt(), number++, host, cancellable));
        return cancellable;
    }

    /** Starts a strand. */
    void spawn(SimulatedHost host, Runnable task) {
        var _ = after(host, Duration.ZERO, () -> start(new Strand(host, null, task)));
    }

    /** Runs the task on a strand of its own and waits for its end; does not wait if the caller is not a strand. */
    void call(SimulatedHost host, Runnable task) {
        Strand caller = current;
        if (caller == null) {
            spawn(host, task);
            return;
        }
        checkAlive(caller);
        var _ = after(host, Duration.ZERO, () -> start(new Strand(host, caller, task)));
        suspend(caller);
    }

    private void start(Strand strand) {
        strands.add(strand);
        resume(strand);
    }

    /** Suspends the calling strand. An interrupt does not end the sleep. */
    void sleep(Duration delay) {
        Strand strand = requireStrand();
        checkAlive(strand);
        var _ = after(strand.host, delay, () -> resume(strand));
        suspend(strand);
    }

    /** Suspends the calling strand until the time has passed or {@link #wake} is called. */
    void await(Duration most) {
        Strand strand = requireStrand();
        checkAlive(strand);
        strand.wakeUp = after(strand.host, most, () -> {
            strand.wakeUp = null;
            resume(strand);
        });
        suspend(strand);
    }

    /** Suspends the calling strand like {@link #await}, but throws an exception if the strand is interrupted. */
    void sleepInterruptibly(Duration delay) throws InterruptedException {
        Strand strand = requireStrand();
        if (!strand.thread.isInterrupted()) {
            strand.interruptible = true;
            await(delay);
            strand.interruptible = false;
        }
        if (strand.thread.clearInterrupt()) {
            throw new InterruptedException();
        }
    }

    private void wakeInterrupted() {
        for (Strand strand : strands) {
            if (strand.interruptible && strand.thread.isInterrupted()) {
                strand.interruptible = false;
                wake(strand);
            }
        }
    }

    /** Ends an {@link #await} of the strand soon. */
    void wake(Strand strand) {
        Cancellation wakeUp = strand.wakeUp;
        if (wakeUp != null) {
            strand.wakeUp = null;
            wakeUp.cancel();
            var _ = after(strand.host, Duration.ZERO, () -> resume(strand));
        }
    }

    Strand requireStrand() {
        if (current == null) {
            throw new IllegalStateException("only a strand can sleep");
        }
        return current;
    }

    private static void checkAlive(Strand strand) {
        if (strand.host.dead) {
            throw new KilledError();
        }
    }

    private void suspend(Strand strand) {
        strand.thread.suspendStrand();
        checkAlive(strand);
    }

    private void resume(Strand strand) {
        Strand before = current;
        current = strand;
        strand.thread.resumeStrand();
        current = before;
        if (strand.ended) {
            strands.remove(strand);
            Strand waiter = strand.waiter;
            if (waiter != null) {
                var _ = after(waiter.host, Duration.ZERO, () -> resume(waiter));
            }
        }
    }

    void freeze(SimulatedHost host, Duration time) {
        host.frozenUntil = Math.max(host.frozenUntil, now + time.toNanos());
    }

    void thaw(SimulatedHost host) {
        host.frozenUntil = now;
    }

    /** Kills a process. Its strands end at once, and its events never run. Must not be called by a strand. */
    void kill(SimulatedHost host) {
        host.dead = true;
        for (Strand strand : List.copyOf(strands)) {
            if (strand.host == host) {
                resume(strand);
            }
        }
    }

    /** Runs the next event. Returns false if the time of the next event is later than the limit. */
    boolean step(long limit) {
        TimedTask event = events.peek();
        if (event == null || event.at > limit) {
            now = Math.max(now, limit);
            return false;
        }
        events.remove();
        now = Math.max(now, event.at);
        if (event.host.dead) {
            return true;
        }
        if (event.host.frozenUntil > now) {
            events.add(new TimedTask(event.host.frozenUntil, random.nextInt(), event.number, event.host, event.task));
            return true;
        }
        steps++;
        trace = trace * 31 + now + event.number;
        event.task.run();
        wakeInterrupted();
        return true;
    }
}
