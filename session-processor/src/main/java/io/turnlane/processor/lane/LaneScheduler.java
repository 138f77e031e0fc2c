package io.turnlane.processor.lane;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Runs items in lanes, one lane for each key. The items of a lane run one at a time and in order. Lanes run in
 * parallel, but at most as many at once as there are slots.
 *
 * <p>A lane exists only while it holds an item. The key of a turn's lane is its session and does not depend on the
 * partition's assignment. If a partition leaves this processor and comes back, an earlier execution of a turn can still
 * be running. The redelivered turn enters the same lane and therefore waits until the earlier execution has ended
 * (promise O1 in docs/guarantees.md).
 *
 * <p>After every item, a lane goes to the end of the queue of ready lanes, so that a lane with many items does not keep
 * the others waiting. If more lanes are ready than there are slots, lanes of higher {@linkplain ReadyLanes priority}
 * run more often than others, but no lane starves.
 *
 * <p>{@linkplain #submitSideTasks Side tasks} work on a waiting item outside its order. The item keeps its position,
 * and does not start before its side tasks have ended. Side tasks need no slot, because they are short and call no
 * agent.
 *
 * <p>Threading: any thread may call any method. One lock guards all lanes. It is held only for short steps, and never
 * while work or a side task runs. Work and side tasks run on the executor, which starts virtual threads in production.
 *
 * <p>The journey of a turn continues in {@code TurnRunner}, the work of the processor's lanes.
 */
public final class LaneScheduler<K, T> {

    private static final int NORMAL = 1;

    private final int slots;
    private final Executor executor;
    private final Delay delay;
    private final LaneWork<K, T> work;
    private final BiConsumer<T, Throwable> failureListener;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Lanes<K, T> lanes;
    private final SideTasks<K, T> sideTasks;
    private int running;
    private long runs;
    private long runNanos;
    private boolean stopped;

    /** Creates a scheduler for items that all have the same priority. */
    public LaneScheduler(
            int slots,
            Executor executor,
            Delay delay,
            Function<? super T, ?> identity,
            LaneWork<K, T> work,
            BiConsumer<T, Throwable> failureListener) {
        this(slots, executor, delay, identity, _ -> NORMAL, work, failureListener);
    }

    /**
     * Creates a scheduler.
     *
     * @param slots maximum number of lanes that run at once
     * @param executor runs the work and the side tasks
     * @param delay schedules the wake-up of a delayed lane
     * @param identity function that returns an item's identity; a lane does not accept an item whose identity equals
     *     that of an item in the lane
     * @param priority function that returns an item's priority: 0 (high), 1 (normal) or 2 (low)
     * @param work work that a lane does on each of its items
     * @param failureListener called with an item and the exception that its work threw
     */
    public LaneScheduler(
            int slots,
            Executor executor,
            Delay delay,
            Function<? super T, ?> identity,
            ToIntFunction<? super T> priority,
            LaneWork<K, T> work,
            BiConsumer<T, Throwable> failureListener) {
        if (slots < 1) {
            throw new IllegalArgumentException("slots must be at least 1");
        }
        this.slots = slots;
        this.executor = executor;
        this.delay = delay;
        this.lanes = new Lanes<>(identity, priority);
        this.sideTasks = new SideTasks<>(lanes, executor, this::change);
        this.work = work;
        this.failureListener = failureListener;
    }

    /**
     * Adds the item at the end of its key's lane, unless the lane holds an item of the same identity.
     *
     * @return the position of the item in the lane, or a result that marks the item as a duplicate
     */
    public OfferResult offer(K key, T item) {
        return locked(() -> {
            Lane<K, T> lane = lanes.open(key);
            int ahead = lane.depth();
            if (!lanes.add(lane, item)) {
                return new OfferResult(ahead, false, true);
            }
            dispatch();
            return new OfferResult(ahead, lane.state() == LaneState.RUNNING && ahead == 0, false);
        });
    }

    private void dispatch() {
        while (!stopped && running < slots) {
            Lane<K, T> lane = lanes.next();
            if (lane == null) {
                return;
            }
            lane.state(LaneState.RUNNING);
            running++;
            executor.execute(() -> runHead(lane));
        }
    }

    private void runHead(Lane<K, T> lane) {
        T item = locked(lane::head);
        LaneOutcome outcome = LaneOutcome.DONE;
        long start = System.nanoTime();
        try {
            outcome = work.run(lane.key(), item);
        } catch (Throwable e) {
            failureListener.accept(item, e);
        } finally {
            ended(lane, outcome, System.nanoTime() - start);
        }
    }

    private void ended(Lane<K, T> lane, LaneOutcome outcome, long nanos) {
        change(() -> {
            running--;
            runs++;
            runNanos += nanos;
            switch (outcome) {
                case LaneOutcome.Done _ -> lanes.removeHead(lane);
                case LaneOutcome.RunAgain again -> delayHead(lane, again.delay());
            }
        });
    }

    private void delayHead(Lane<K, T> lane, Duration time) {
        int delayNumber = lane.startDelay();
        if (lane.takeSkipRequest()) {
            lanes.makeReady(lane);
            return;
        }
        var _ = delay.after(time, () -> delayPassed(lane, delayNumber));
    }

    /** Makes the lane ready at the end of a delay, unless the delayed item has left or its delay was skipped. */
    private void delayPassed(Lane<K, T> lane, int delayNumber) {
        change(() -> {
            if (lane.depth() > 0 && lane.isDelayed(delayNumber)) {
                lanes.makeReady(lane);
            }
        });
    }

    /**
     * Removes the matching items from their lanes, except items that are running or whose side task is running. If the
     * work of a running matching item asks for a delay, the delay is skipped. The item then runs again at once, so that
     * its work can release it.
     *
     * @return the removed items
     */
    public List<T> withdraw(Predicate<? super T> matching) {
        List<T> withdrawn = new ArrayList<>();
        change(() -> lanes.withdraw(matching, withdrawn));
        return withdrawn;
    }

    /**
     * Queues a side task for each matching item of this key that is not running. The side tasks of one key run one at a
     * time, in the order in which they were submitted.
     *
     * @return the number of side tasks
     */
    public int submitSideTasks(K key, Predicate<? super T> matching, SideTask<T> task) {
        return locked(() -> sideTasks.submit(key, lane -> lane.waiting(matching), task));
    }

    /** Queues a side task for the given item. Does nothing if the item is running or has left its lane. */
    public void submitSideTask(K key, T item, SideTask<T> task) {
        var _ = locked(() -> sideTasks.submit(key, lane -> lane.isWaiting(item) ? List.of(item) : List.of(), task));
    }

    /** If the head of the key's lane matches, ends its current delay at once and skips the next one. */
    public void skipDelay(K key, Predicate<? super T> matching) {
        change(() -> {
            Lane<K, T> lane = lanes.get(key);
            if (lane != null && matching.test(lane.head())) {
                lanes.skipDelay(lane);
            }
        });
    }

    /** Stops starting items. Items that are already running continue, and side tasks still run. */
    public void stopDispatching() {
        change(() -> stopped = true);
    }

    /**
     * Waits until no item and no side task is running.
     *
     * @return false if the time passed first
     */
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (running > 0 || sideTasks.running() > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = idle.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the current counts. */
    public LaneCounts counts() {
        return locked(() -> new LaneCounts(lanes.count(), running, lanes.itemCount()));
    }

    /** Passes the state of each lane to the visitor, under the lock. The visitor must not call this scheduler. */
    public void visit(Consumer<? super LaneView<K, T>> visitor) {
        change(() -> lanes.visit(visitor));
    }

    /** Returns the current load. */
    public LaneLoad load() {
        return locked(() -> new LaneLoad(slots, slots - running, lanes.readyCount(), runs, runNanos));
    }

    /** Returns the smallest time of an item that waits. The items of a lane must be in the order of their times. */
    public Optional<Instant> oldestWaiting(Function<? super T, Instant> time) {
        return locked(() -> lanes.itemCount() == running ? Optional.empty() : lanes.oldestWaiting(time));
    }

    /** Changes lanes under the lock. Then starts the lanes that are ready and notifies threads that wait until idle. */
    private void change(Runnable step) {
        lock.lock();
        try {
            step.run();
            dispatch();
            if (running == 0 && sideTasks.running() == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private <R> R locked(Supplier<R> step) {
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }
}
