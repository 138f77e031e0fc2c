package io.turnlane.processor.lane;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of a scheduler, by key, and the queue of those that wait for a slot. A lane exists only while it holds an
 * item.
 *
 * <p>Not thread-safe: every call is made under the lock of the {@link LaneScheduler}.
 */
final class Lanes<K, T> {

    private final Function<? super T, ?> identity;
    private final ToIntFunction<? super T> priority;
    private final Map<K, Lane<K, T>> byKey = new HashMap<>();
    private final ReadyLanes<Lane<K, T>> ready = new ReadyLanes<>();
    private int items;

    Lanes(Function<? super T, ?> identity, ToIntFunction<? super T> priority) {
        this.identity = identity;
        this.priority = priority;
    }

    int count() {
        return byKey.size();
    }

    int readyCount() {
        return ready.size();
    }

    int itemCount() {
        return items;
    }

    /**
     * Returns the smallest time of an item that waits; empty if all items run. The items of a lane must be in the order
     * of their times. Takes time proportional to the number of lanes.
     */
    Optional<Instant> oldestWaiting(Function<? super T, Instant> time) {
        return byKey.values().stream()
                .flatMap(lane -> Stream.ofNullable(lane.firstWaiting()))
                .<Instant>map(time)
                .min(Instant::compareTo);
    }

    /** Passes the state of each lane to the visitor. */
    void visit(Consumer<? super LaneView<K, T>> visitor) {
        long now = System.nanoTime();
        byKey.values().forEach(lane -> visitor.accept(lane.view(now)));
    }

    @Nullable
    Lane<K, T> get(K key) {
        return byKey.get(key);
    }

    /** Returns the lane of this key. If there is none, creates an empty one, to which the caller adds an item. */
    Lane<K, T> open(K key) {
        return byKey.computeIfAbsent(key, _ -> new Lane<>(key, identity, priority));
    }

    /** Adds the item at the end of the lane, unless the lane holds an item of the same identity. */
    boolean add(Lane<K, T> lane, T item) {
        boolean isNew = lane.depth() == 0;
        int priorityBefore = isNew ? ReadyLanes.PRIORITIES : lane.priority();
        if (!lane.add(item)) {
            return false;
        }
        items++;
        if (lane.state() == LaneState.READY && lane.priority() < priorityBefore) {
            if (!isNew) {
                ready.remove(lane);
            }
            ready.add(lane, lane.priority());
        }
        return true;
    }

    /** Queues the lane for a slot. */
    void makeReady(Lane<K, T> lane) {
        lane.state(LaneState.READY);
        ready.add(lane, lane.priority());
    }

    /** Removes and returns the next lane that may run; null if none waits. Blocks lanes whose head has a side task. */
    @Nullable
    Lane<K, T> next() {
        Lane<K, T> lane = ready.poll();
        while (lane != null && lane.headHasSideTask()) {
            lane.state(LaneState.BLOCKED);
            lane = ready.poll();
        }
        return lane;
    }

    /** Removes the head of a lane that has run. The lane goes to the end of the queue of ready lanes. */
    void removeHead(Lane<K, T> lane) {
        lane.removeHead();
        items--;
        if (lane.depth() == 0) {
            byKey.remove(lane.key());
        } else {
            makeReady(lane);
        }
    }

    /** Ends the head's current delay and skips the next one. */
    void skipDelay(Lane<K, T> lane) {
        lane.skipNextDelay();
        if (lane.state() == LaneState.DELAYED) {
            makeReady(lane);
        }
    }

    /** Moves the matching items to the empty list, except items that are running or whose side task is running. */
    void withdraw(Predicate<? super T> matching, List<T> withdrawn) {
        for (Lane<K, T> lane : List.copyOf(byKey.values())) {
            if (lane.state() == LaneState.RUNNING && matching.test(lane.head())) {
                lane.skipNextDelay();
            }
            afterRemoval(lane, lane.withdraw(matching, withdrawn));
        }
        items -= withdrawn.size();
    }

    /** Ends the lane's side task and removes the items that ended with it. */
    void endSideTask(Lane<K, T> lane, Collection<T> ended) {
        lane.endSideTask();
        List<T> removed = new ArrayList<>();
        boolean headRemoved = lane.removeEnded(ended, removed);
        items -= removed.size();
        afterRemoval(lane, headRemoved);
    }

    private void afterRemoval(Lane<K, T> lane, boolean headRemoved) {
        if (lane.depth() == 0) {
            byKey.remove(lane.key());
            ready.remove(lane);
        } else if (headRemoved && lane.state() == LaneState.DELAYED) {
            makeReady(lane); // otherwise the lane would stay delayed, because the delay ended with its item
        } else if (lane.state() == LaneState.BLOCKED && !lane.headHasSideTask()) {
            makeReady(lane);
        }
    }
}
