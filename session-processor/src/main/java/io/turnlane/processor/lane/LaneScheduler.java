package io.turnlane.processor.lane;

import io.turnlane.processor.lane.Lane.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A lane for every key that has work: its items run one at a time and in order; lanes run side by side, up to a limit.
 *
 * <p>A lane exists exactly while it holds an item. It is keyed by session and not by partition, so that an item of a
 * session whose partition went and came back waits until the flight that was swept out has ended (O1).
 *
 * <p>Threading: any thread may call any method. One lock guards all lanes; it is held for a few steps and never while
 * work runs. Work runs on the executor (virtual threads in production, stepped by hand in tests). Each lane takes a
 * place at the end of the ready queue after every item, so that a deep lane can't keep shallow ones waiting.
 */
public final class LaneScheduler<K, T> {

    private final int mostRunning;
    private final Executor executor;
    private final Delay delay;
    private final Function<? super T, ?> identity;
    private final LaneWork<K, T> work;
    private final BiConsumer<T, Throwable> failureListener;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final Map<K, Lane<K, T>> lanes = new HashMap<>();
    private final Queue<Lane<K, T>> ready = new ArrayDeque<>();
    private int running;
    private int items;
    private long runs;
    private long runNanos;
    private boolean held;

    /**
     * @param mostRunning how many lanes may run at once
     * @param identity by which a lane knows an item that it holds already
     * @param failureListener is told of work that threw, with its item
     */
    public LaneScheduler(
            int mostRunning,
            Executor executor,
            Delay delay,
            Function<? super T, ?> identity,
            LaneWork<K, T> work,
            BiConsumer<T, Throwable> failureListener) {
        if (mostRunning < 1) {
            throw new IllegalArgumentException("at least one lane must be able to run");
        }
        this.mostRunning = mostRunning;
        this.executor = executor;
        this.delay = delay;
        this.identity = identity;
        this.work = work;
        this.failureListener = failureListener;
    }

    /**
     * Puts the item at the end of its key's lane; a twin of one that the lane holds stays out.
     *
     * @return where it stands
     */
    public Place offer(K key, T item) {
        lock.lock();
        try {
            Lane<K, T> lane = lanes.get(key);
            int ahead = lane == null ? 0 : lane.depth();
            if (lane == null) {
                lane = new Lane<>(key, identity);
                lanes.put(key, lane);
                ready.add(lane);
            }
            if (!lane.add(item)) {
                return new Place(ahead, false, true);
            }
            items++;
            dispatch();
            return new Place(ahead, lane.state() == State.RUNNING && ahead == 0, false);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Where an offered item stands.
     *
     * @param ahead how many of its key are ahead of it
     * @param running whether it was given a thread at once
     * @param twin whether the lane holds it already and didn't take it a second time
     */
    public record Place(int ahead, boolean running, boolean twin) {}

    /** Takes the matching items out of their lanes, all but those that run. */
    public List<T> withdraw(Predicate<? super T> which) {
        lock.lock();
        try {
            List<T> withdrawn = new ArrayList<>();
            for (Lane<K, T> lane : List.copyOf(lanes.values())) {
                withdraw(lane, which, withdrawn);
            }
            items -= withdrawn.size();
            dispatch();
            return withdrawn;
        } finally {
            lock.unlock();
        }
    }

    private void withdraw(Lane<K, T> lane, Predicate<? super T> which, List<T> into) {
        boolean headGone = lane.withdraw(which, into);
        if (lane.depth() == 0) {
            lanes.remove(lane.key());
            ready.remove(lane);
        } else if (headGone && lane.state() == State.RESTING) {
            makeReady(lane); // whoever rested is gone, and its delay wakes nobody
        }
    }

    /** Starts nothing more from now on; what runs goes on. */
    public void hold() {
        lock.lock();
        try {
            held = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nothing runs any more.
     *
     * @return false where the time passed before
     */
    public boolean awaitNothingRuns(Duration most) throws InterruptedException {
        lock.lock();
        try {
            long nanos = most.toNanos();
            while (running > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = emptied.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** How many lanes there are, how many of them run, and how many items they hold in all. */
    public Figures figures() {
        lock.lock();
        try {
            return new Figures(lanes.size(), running, items);
        } finally {
            lock.unlock();
        }
    }

    /** A moment's counts. */
    public record Figures(int lanes, int running, int items) {}

    /** How busy its places are, and how long work has taken them until now. */
    public Load load() {
        lock.lock();
        try {
            return new Load(mostRunning, mostRunning - running, ready.size(), runs, runNanos);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A moment's load.
     *
     * @param places how many lanes may run at once
     * @param free how many more could
     * @param ready lanes that could run and wait for a place; each will take it for one item
     * @param runs how often work has run to its end, since the start
     * @param runNanos how long all of these took together
     */
    public record Load(int places, int free, int ready, long runs, long runNanos) {}

    private void dispatch() {
        while (!held && running < mostRunning) {
            Lane<K, T> lane = ready.poll();
            if (lane == null) {
                return;
            }
            lane.state(State.RUNNING);
            running++;
            executor.execute(() -> runHead(lane));
        }
    }

    private void runHead(Lane<K, T> lane) {
        T item = headOf(lane);
        LaneOutcome outcome = LaneOutcome.DONE;
        long start = System.nanoTime();
        try {
            outcome = work.run(lane.key(), item);
        } catch (Throwable e) {
            failureListener.accept(item, e);
        } finally {
            settle(lane, outcome, System.nanoTime() - start);
        }
    }

    private T headOf(Lane<K, T> lane) {
        lock.lock();
        try {
            return lane.head();
        } finally {
            lock.unlock();
        }
    }

    private void settle(Lane<K, T> lane, LaneOutcome outcome, long nanos) {
        lock.lock();
        try {
            running--;
            runs++;
            runNanos += nanos;
            switch (outcome) {
                case LaneOutcome.Done _ -> leave(lane);
                case LaneOutcome.Again again -> rest(lane, again.after());
            }
            dispatch();
            signalIfEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void leave(Lane<K, T> lane) {
        lane.dropHead();
        items--;
        if (lane.depth() == 0) {
            lanes.remove(lane.key());
        } else {
            makeReady(lane);
        }
    }

    private void rest(Lane<K, T> lane, Duration time) {
        int ticket = lane.rest();
        var _ = delay.after(time, () -> wake(lane, ticket));
    }

    /** The delay passed; but meanwhile the item may have been withdrawn, and another taken its place. */
    private void wake(Lane<K, T> lane, int ticket) {
        lock.lock();
        try {
            if (lane.depth() > 0 && lane.rests(ticket)) {
                makeReady(lane);
                dispatch();
            }
        } finally {
            lock.unlock();
        }
    }

    private void makeReady(Lane<K, T> lane) {
        lane.state(State.READY);
        ready.add(lane);
    }

    private void signalIfEmpty() {
        if (running == 0) {
            emptied.signalAll();
        }
    }
}
