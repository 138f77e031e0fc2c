package io.turnlane.processor.lane;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Ordered queue of the items of one key. For example, a lane holds the turns of one session. Also holds the state of
 * the first item (the head) and the side tasks of waiting items. A side task is work on a waiting item outside its
 * order. The head stays in the queue while it runs, and {@link #depth} counts it.
 *
 * <p>Not thread-safe: every call is made under the lock of the {@link LaneScheduler}.
 */
final class Lane<K, T> {

    /** Side task, and the waiting item on which it works. */
    record QueuedSideTask<T>(T item, SideTask<T> task) {}

    private final K key;
    private final SequencedMap<Object, T> items = new LinkedHashMap<>(); // by identity, in order
    private final Function<? super T, ?> identity;
    private final ToIntFunction<? super T> priority;
    private final int[] countByPriority = new int[ReadyLanes.PRIORITIES];
    private LaneState state = LaneState.READY;
    private long stateSince = System.nanoTime();
    private final Deque<QueuedSideTask<T>> sideTasks = new ArrayDeque<>();
    private boolean sideTaskRuns;
    private boolean skipRequested;
    private int delays;

    Lane(K key, Function<? super T, ?> identity, ToIntFunction<? super T> priority) {
        this.key = key;
        this.identity = identity;
        this.priority = priority;
    }

    K key() {
        return key;
    }

    int depth() {
        return items.size();
    }

    /**
     * Adds the item at the end. Does nothing and returns false if the lane already holds an item with the same
     * identity.
     */
    boolean add(T item) {
        if (items.putIfAbsent(identity.apply(item), item) != null) {
            return false;
        }
        countByPriority[priority.applyAsInt(item)]++;
        return true;
    }

    T head() {
        return items.sequencedValues().getFirst();
    }

    void removeHead() {
        skipRequested = false;
        forget(head());
    }

    private void forget(T item) {
        items.remove(identity.apply(item));
        countByPriority[priority.applyAsInt(item)]--;
    }

    /**
     * Returns the highest priority of the lane's items. An item of high priority must wait for the items ahead of it,
     * so the whole lane runs at the highest priority.
     */
    int priority() {
        int highest = 0;
        while (highest < countByPriority.length - 1 && countByPriority[highest] == 0) {
            highest++;
        }
        return highest;
    }

    LaneState state() {
        return state;
    }

    void state(LaneState next) {
        state = next;
        stateSince = System.nanoTime();
    }

    /** Returns the state of this lane, which must not be empty. */
    LaneView<K, T> view(long nanoTime) {
        return new LaneView<>(
                key, state, Duration.ofNanos(nanoTime - stateSince), items.size(), head(), firstWaiting());
    }

    /**
     * Starts a delay of the head.
     *
     * @return a number that identifies this delay
     */
    int startDelay() {
        state(LaneState.DELAYED);
        return ++delays;
    }

    /** Requests that the head's next delay is skipped. The head then runs again at once. */
    void skipNextDelay() {
        skipRequested = true;
    }

    /** Returns true if {@link #skipNextDelay} was called since the last call of this method. Clears the request. */
    boolean takeSkipRequest() {
        boolean was = skipRequested;
        skipRequested = false;
        return was;
    }

    /** Returns true if the lane is waiting for the end of the delay with this number. */
    boolean isDelayed(int delay) {
        return state == LaneState.DELAYED && delays == delay;
    }

    /** Returns the matching items except a running head. */
    List<T> waiting(Predicate<? super T> matching) {
        return items.values().stream()
                .skip(state == LaneState.RUNNING ? 1 : 0)
                .filter(matching)
                .toList();
    }

    /** Returns the first item that does not run; null if there is none. */
    @Nullable
    T firstWaiting() {
        Iterator<T> all = items.values().iterator();
        if (state == LaneState.RUNNING) {
            all.next();
        }
        return all.hasNext() ? all.next() : null;
    }

    /**
     * Returns true if the lane holds this item and the item is not running. An earlier item of the same identity, which
     * has left the lane, does not count.
     */
    boolean isWaiting(T item) {
        Object id = identity.apply(item);
        return item.equals(items.get(id)) && !(state == LaneState.RUNNING && isHead(id));
    }

    private boolean isHead(Object id) {
        return id.equals(items.sequencedKeySet().getFirst());
    }

    /**
     * Returns the items ahead of the given one, including a running head. Returns all items if the given item has left
     * the lane.
     */
    List<T> itemsAhead(T item) {
        Object id = identity.apply(item);
        List<T> ahead = new ArrayList<>();
        for (Map.Entry<Object, T> other : items.entrySet()) {
            if (other.getKey().equals(id)) {
                break;
            }
            ahead.add(other.getValue());
        }
        return ahead;
    }

    void addSideTask(QueuedSideTask<T> sideTask) {
        sideTasks.addLast(sideTask);
    }

    /** Returns true if a side task can start, because at least one waits and none runs. */
    boolean isSideTaskDue() {
        return !sideTaskRuns && !sideTasks.isEmpty();
    }

    /**
     * Marks the next side task as running and returns it. The side task stays in the queue until {@link #endSideTask}.
     */
    QueuedSideTask<T> beginSideTask() {
        sideTaskRuns = true;
        return sideTasks.getFirst();
    }

    void endSideTask() {
        sideTaskRuns = false;
        sideTasks.removeFirst();
    }

    /** Returns true if a side task of the head runs or waits. */
    boolean headHasSideTask() {
        return !items.isEmpty() && sideTasks.stream().anyMatch(sideTask -> isHead(identity.apply(sideTask.item())));
    }

    /**
     * Moves the matching items to the given list, except a running head and an item whose side task runs.
     *
     * @return true if the head was moved
     */
    boolean withdraw(Predicate<? super T> matching, List<? super T> into) {
        @Nullable
        Object inSideTask = sideTaskRuns ? identity.apply(sideTasks.getFirst().item()) : null;
        return remove(
                waiting(item -> matching.test(item) && !identity.apply(item).equals(inSideTask)), into);
    }

    /**
     * Moves the ended items to the list {@code into}, except a running head. Unlike {@link #withdraw}, also moves an
     * item whose side task is running.
     *
     * @return true if the head was moved
     */
    boolean removeEnded(Collection<T> ended, List<? super T> into) {
        return remove(ended.stream().filter(this::isWaiting).distinct().toList(), into);
    }

    private boolean remove(List<T> removed, List<? super T> into) {
        boolean headRemoved = false;
        for (T item : removed) {
            headRemoved |= isHead(identity.apply(item));
            forget(item);
            into.add(item);
        }
        if (headRemoved) {
            skipRequested = false; // the skip was requested for the removed head
        }
        dropOrphanedSideTasks();
        return headRemoved;
    }

    /**
     * Removes the side tasks of items that have left the lane. A running side task stays until {@link #endSideTask}.
     */
    private void dropOrphanedSideTasks() {
        @Nullable QueuedSideTask<T> current = sideTaskRuns ? sideTasks.removeFirst() : null;
        sideTasks.removeIf(sideTask -> !items.containsKey(identity.apply(sideTask.item())));
        if (current != null) {
            sideTasks.addFirst(current);
        }
    }
}
