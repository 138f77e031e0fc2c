package io.turnlane.processor.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One key's waiting items and where the one at the head stands. The head stays in the queue while it runs, so that
 * {@link #depth} counts it.
 *
 * <p>Not safe for threads: every call is made under the {@linkplain LaneScheduler scheduler's} lock.
 */
final class Lane<K, T> {

    /** Where the head stands. */
    enum LaneState {
        /** Waits for a place to run. */
        READY,
        RUNNING,
        /** Waits for its delay to pass. */
        DELAYED,
        /** Waits for what is done aside with it. */
        BLOCKED
    }

    /** Work on a waiting item, out of its turn. */
    record QueuedSideTask<T>(T item, SideTask<T> work) {}

    private final K key;
    private final SequencedMap<Object, T> items = new LinkedHashMap<>(); // by identity, in order
    private final Function<? super T, ?> identity;
    private final ToIntFunction<? super T> priority;
    private final int[] ofUrgency = new int[ReadyLanes.PRIORITIES];
    private LaneState state = LaneState.READY;
    private final Deque<QueuedSideTask<T>> asides = new ArrayDeque<>();
    private boolean asideRuns;
    private boolean takeSkipRequest;
    private int isDelayed;

    Lane(K key, Function<? super T, ?> identity, ToIntFunction<? super T> urgency) {
        this.key = key;
        this.identity = identity;
        this.priority = urgency;
    }

    K key() {
        return key;
    }

    int depth() {
        return items.size();
    }

    /** Takes the item in, unless it holds one of the same identity. */
    boolean add(T item) {
        if (items.putIfAbsent(identity.apply(item), item) != null) {
            return false;
        }
        ofUrgency[priority.applyAsInt(item)]++;
        return true;
    }

    T head() {
        return items.sequencedValues().getFirst();
    }

    void removeHead() {
        takeSkipRequest = false;
        forget(head());
    }

    private void forget(T item) {
        items.remove(identity.apply(item));
        ofUrgency[priority.applyAsInt(item)]--;
    }

    /** Of its most urgent item: what is ahead of that has to go first. */
    int priority() {
        int most = 0;
        while (most < ofUrgency.length - 1 && ofUrgency[most] == 0) {
            most++;
        }
        return most;
    }

    LaneState state() {
        return state;
    }

    void state(LaneState next) {
        state = next;
    }

    /** The head starts to rest; the ticket tells this rest from any other. */
    int startDelay() {
        state = LaneState.DELAYED;
        return ++isDelayed;
    }

    /** The head's next rest is to take no time. */
    void skipNextDelay() {
        takeSkipRequest = true;
    }

    /** Whether it was, once for each time that it was said. */
    boolean takeSkipRequest() {
        boolean was = takeSkipRequest;
        takeSkipRequest = false;
        return was;
    }

    boolean isDelayed(int ticket) {
        return state == LaneState.DELAYED && isDelayed == ticket;
    }

    /** The waiting items that match, all but a running head. */
    List<T> waiting(Predicate<? super T> which) {
        return items.values().stream()
                .skip(state == LaneState.RUNNING ? 1 : 0)
                .filter(which)
                .toList();
    }

    /** Whether it is here, and isn't a running head. */
    boolean isWaiting(T item) {
        Object id = identity.apply(item);
        return items.containsKey(id) && !(state == LaneState.RUNNING && isHead(id));
    }

    private boolean isHead(Object id) {
        return id.equals(items.sequencedKeySet().getFirst());
    }

    /** The items ahead of this one, with a running head; all where it has left. */
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

    void addSideTask(QueuedSideTask<T> aside) {
        asides.addLast(aside);
    }

    /** Whether the next work aside may begin: they go one after another. */
    boolean isSideTaskDue() {
        return !asideRuns && !asides.isEmpty();
    }

    /** The work aside that begins now; it stays until {@link #endSideTask}. */
    QueuedSideTask<T> beginSideTask() {
        asideRuns = true;
        return asides.getFirst();
    }

    void endSideTask() {
        asideRuns = false;
        asides.removeFirst();
    }

    /** Whether the head is worked on aside, or is to be. */
    boolean headHasSideTask() {
        return !items.isEmpty() && asides.stream().anyMatch(aside -> isHead(identity.apply(aside.item())));
    }

    /**
     * Moves the matching items to the list, all but a running head and one that is worked on aside.
     *
     * @return whether a head that didn't run was among them
     */
    boolean withdraw(Predicate<? super T> which, List<? super T> into) {
        @Nullable Object workedOn = asideRuns ? identity.apply(asides.getFirst().item()) : null;
        return remove(waiting(item -> which.test(item) && !identity.apply(item).equals(workedOn)), into);
    }

    /** As {@link #withdraw}, of items that are over; one that is worked on aside too. */
    boolean removeEnded(Collection<T> over, List<? super T> into) {
        return remove(over.stream().filter(this::isWaiting).distinct().toList(), into);
    }

    private boolean remove(List<T> gone, List<? super T> into) {
        boolean headGone = false;
        for (T item : gone) {
            headGone |= isHead(identity.apply(item));
            forget(item);
            into.add(item);
        }
        if (headGone) {
            takeSkipRequest = false; // who follows wasn't meant
        }
        forgetAsides();
        return headGone;
    }

    /** Of items that have left; one that runs stays until its end. */
    private void forgetAsides() {
        @Nullable QueuedSideTask<T> runs = asideRuns ? asides.removeFirst() : null;
        asides.removeIf(aside -> !items.containsKey(identity.apply(aside.item())));
        if (runs != null) {
            asides.addFirst(runs);
        }
    }
}
