package io.turnlane.processor.lane;

import io.turnlane.processor.lane.Lane.LaneState;
import io.turnlane.processor.lane.Lane.QueuedSideTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * A lane for every key that has work: its items run one at a time and in order; lanes run side by side, up to a limit.
 *
 * <p>A lane exists exactly while it holds an item. It is keyed by session and not by partition, so that an item of a
 * session whose partition went and came back waits until the flight that was swept out has ended (O1).
 *
 * <p>Threading: any thread may call any method. One lock guards all lanes; it is held for a few steps and never while
 * work runs. Work runs on the executor (virtual threads in production, stepped by hand in tests). Each lane takes a
 * place at the end of the ready queue after every item, so that a deep lane can't keep shallow ones waiting. Where
 * places are few, {@linkplain ReadyLanes urgent} lanes go more often; none starves.
 *
 * <p>What waits may be worked on {@linkplain #submitSideTasks aside}: it keeps its place, and where it is at the head
 * its lane goes on only after that. Such work takes no place among those that run, for it is short and calls no agent.
 */
public final class LaneScheduler<K, T> {

    private static final int USUAL = 1;

    private final int mostRunning;
    private final Executor executor;
    private final Delay delay;
    private final Function<? super T, ?> identity;
    private final ToIntFunction<? super T> urgency;
    private final LaneWork<K, T> work;
    private final BiConsumer<T, Throwable> failureListener;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final Map<K, Lane<K, T>> lanes = new HashMap<>();
    private final ReadyLanes<Lane<K, T>> ready = new ReadyLanes<>();
    private int running;
    private int asides;
    private int items;
    private long runs;
    private long runNanos;
    private boolean held;

    /** Of items that are all equally urgent. */
    public LaneScheduler(
            int mostRunning,
            Executor executor,
            Delay delay,
            Function<? super T, ?> identity,
            LaneWork<K, T> work,
            BiConsumer<T, Throwable> failureListener) {
        this(mostRunning, executor, delay, identity, _ -> USUAL, work, failureListener);
    }

    /**
     * @param mostRunning how many lanes may run at once
     * @param identity by which a lane knows an item that it holds already
     * @param urgency of an item where places are few: 0 is the most, 1 usual, 2 the least
     * @param failureListener is told of work that threw, with its item
     */
    public LaneScheduler(
            int mostRunning,
            Executor executor,
            Delay delay,
            Function<? super T, ?> identity,
            ToIntFunction<? super T> urgency,
            LaneWork<K, T> work,
            BiConsumer<T, Throwable> failureListener) {
        if (mostRunning < 1) {
            throw new IllegalArgumentException("at least one lane must be able to run");
        }
        this.mostRunning = mostRunning;
        this.executor = executor;
        this.delay = delay;
        this.identity = identity;
        this.urgency = urgency;
        this.work = work;
        this.failureListener = failureListener;
    }

    /**
     * Puts the item at the end of its key's lane; a twin of one that the lane holds stays out.
     *
     * @return where it stands
     */
    public OfferResult offer(K key, T item) {
        lock.lock();
        try {
            Lane<K, T> lane = lanes.get(key);
            int ahead = lane == null ? 0 : lane.depth();
            if (lane == null) {
                lane = new Lane<>(key, identity, urgency);
                lanes.put(key, lane);
            }
            int before = ahead == 0 ? ReadyLanes.PRIORITIES : lane.priority();
            if (!lane.add(item)) {
                return new OfferResult(ahead, false, true);
            }
            items++;
            if (lane.state() == LaneState.READY && lane.priority() < before) {
                if (ahead > 0) {
                    ready.remove(lane);
                }
                ready.add(lane, lane.priority());
            }
            dispatch();
            return new OfferResult(ahead, lane.state() == LaneState.RUNNING && ahead == 0, false);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Where an offered item stands.
     *
     * @param ahead how many of its key are ahead of it
     * @param running whether it was given a thread at once
     * @param duplicate whether the lane holds it already and didn't take it a second time
     */
    public record OfferResult(int ahead, boolean running, boolean duplicate) {}

    /** Takes the matching items out of their lanes, all but those that run: these don't rest after that. */
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
        if (lane.state() == LaneState.RUNNING && which.test(lane.head())) {
            lane.skipNextDelay();
        }
        goOn(lane, lane.withdraw(which, into));
    }

    private void goOn(Lane<K, T> lane, boolean headGone) {
        if (lane.depth() == 0) {
            lanes.remove(lane.key());
            ready.remove(lane);
        } else if (headGone && lane.state() == LaneState.DELAYED) {
            makeReady(lane); // whoever rested is gone, and its delay wakes nobody
        } else if (lane.state() == LaneState.BLOCKED && !lane.headHasSideTask()) {
            makeReady(lane);
        }
    }

    /**
     * Works on the matching items of this key that don't run, out of their turn; works of one key go one after another,
     * in the order in which they were asked for.
     *
     * @return how many items that are
     */
    public int submitSideTasks(K key, Predicate<? super T> which, SideTask<T> work) {
        return workAside(key, lane -> lane.waiting(which), work);
    }

    /** As {@link #submitSideTasks}, on this item, which is found without a look at all that wait. */
    public void submitSideTask(K key, T item, SideTask<T> work) {
        var _ = workAside(key, lane -> lane.isWaiting(item) ? List.of(item) : List.of(), work);
    }

    private int workAside(K key, Function<Lane<K, T>, List<T>> which, SideTask<T> work) {
        lock.lock();
        try {
            Lane<K, T> lane = lanes.get(key);
            if (lane == null) {
                return 0;
            }
            List<T> waiting = which.apply(lane);
            waiting.forEach(item -> lane.addSideTask(new QueuedSideTask<>(item, work)));
            beginAside(lane);
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private void beginAside(Lane<K, T> lane) {
        if (lane.isSideTaskDue()) {
            asides++;
            QueuedSideTask<T> aside = lane.beginSideTask();
            executor.execute(() -> runAside(lane, aside));
        }
    }

    private void runAside(Lane<K, T> lane, QueuedSideTask<T> aside) {
        Collection<T> over = List.of();
        try {
            over = aside.work().run(aside.item(), looking(() -> lane.itemsAhead(aside.item())));
        } finally {
            settleAside(lane, over);
        }
    }

    private <R> R looking(Supplier<R> at) {
        lock.lock();
        try {
            return at.get();
        } finally {
            lock.unlock();
        }
    }

    private void settleAside(Lane<K, T> lane, Collection<T> over) {
        lock.lock();
        try {
            asides--;
            lane.endSideTask();
            List<T> gone = new ArrayList<>();
            boolean headGone = lane.removeEnded(over, gone);
            items -= gone.size();
            goOn(lane, headGone);
            beginAside(lane);
            dispatch();
            signalIfEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Lets a matching item at this key's head rest no longer; where it runs, it doesn't rest after that. */
    public void skipDelay(K key, Predicate<? super T> which) {
        lock.lock();
        try {
            Lane<K, T> lane = lanes.get(key);
            if (lane != null && which.test(lane.head())) {
                lane.skipNextDelay();
                if (lane.state() == LaneState.DELAYED) {
                    makeReady(lane);
                    dispatch();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Starts nothing more from now on; what runs goes on. */
    public void stopDispatching() {
        lock.lock();
        try {
            held = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nothing runs any more, nor is worked on aside.
     *
     * @return false where the time passed before
     */
    public boolean awaitIdle(Duration most) throws InterruptedException {
        lock.lock();
        try {
            long nanos = most.toNanos();
            while (running > 0 || asides > 0) {
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
    public LaneCounts counts() {
        return looking(() -> new LaneCounts(lanes.size(), running, items));
    }

    /** A moment's counts. */
    public record LaneCounts(int lanes, int running, int items) {}

    /** How busy its places are, and how long work has taken them until now. */
    public LaneLoad load() {
        return looking(() -> new LaneLoad(mostRunning, mostRunning - running, ready.size(), runs, runNanos));
    }

    /**
     * A moment's load.
     *
     * @param slots how many lanes may run at once
     * @param freeSlots how many more could
     * @param readyLanes lanes that could run and wait for a place; each will take it for one item
     * @param runs how often work has run to its end, since the start
     * @param runNanos how long all of these took together
     */
    public record LaneLoad(int slots, int freeSlots, int readyLanes, long runs, long runNanos) {}

    private void dispatch() {
        while (!held && running < mostRunning) {
            Lane<K, T> lane = ready.poll();
            if (lane == null) {
                return;
            }
            if (lane.headHasSideTask()) {
                lane.state(LaneState.BLOCKED);
            } else {
                lane.state(LaneState.RUNNING);
                running++;
                executor.execute(() -> runHead(lane));
            }
        }
    }

    private void runHead(Lane<K, T> lane) {
        T item = looking(lane::head);
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

    private void settle(Lane<K, T> lane, LaneOutcome outcome, long nanos) {
        lock.lock();
        try {
            running--;
            runs++;
            runNanos += nanos;
            switch (outcome) {
                case LaneOutcome.Done _ -> leave(lane);
                case LaneOutcome.RunAgain again -> rest(lane, again.delay());
            }
            dispatch();
            signalIfEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void leave(Lane<K, T> lane) {
        lane.removeHead();
        items--;
        if (lane.depth() == 0) {
            lanes.remove(lane.key());
        } else {
            makeReady(lane);
        }
    }

    private void rest(Lane<K, T> lane, Duration time) {
        int ticket = lane.startDelay();
        if (lane.takeSkipRequest()) {
            makeReady(lane);
            return;
        }
        var _ = delay.after(time, () -> wake(lane, ticket));
    }

    /** The delay passed; but meanwhile the item may have been withdrawn, and another taken its place. */
    private void wake(Lane<K, T> lane, int ticket) {
        lock.lock();
        try {
            if (lane.depth() > 0 && lane.isDelayed(ticket)) {
                makeReady(lane);
                dispatch();
            }
        } finally {
            lock.unlock();
        }
    }

    private void makeReady(Lane<K, T> lane) {
        lane.state(LaneState.READY);
        ready.add(lane, lane.priority());
    }

    private void signalIfEmpty() {
        if (running == 0 && asides == 0) {
            emptied.signalAll();
        }
    }
}
