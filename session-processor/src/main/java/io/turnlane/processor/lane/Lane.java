package io.turnlane.processor.lane;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One key's waiting items and where the one at the head stands. The head stays in the queue while it runs, so that
 * {@link #depth} counts it.
 *
 * <p>Not safe for threads: every call is made under the {@linkplain LaneScheduler scheduler's} lock.
 */
final class Lane<K, T> {

    /** Where the head stands. */
    enum State {
        /** Waits for a place to run. */
        READY,
        RUNNING,
        /** Waits for its delay to pass. */
        RESTING
    }

    private final K key;
    private final Deque<T> items = new ArrayDeque<>();
    private final Set<Object> identities = new HashSet<>();
    private final Function<? super T, ?> identity;
    private State state = State.READY;
    private int rests;

    Lane(K key, Function<? super T, ?> identity) {
        this.key = key;
        this.identity = identity;
    }

    K key() {
        return key;
    }

    int depth() {
        return items.size();
    }

    /** Takes the item in, unless it holds one of the same identity. */
    boolean add(T item) {
        if (!identities.add(identity.apply(item))) {
            return false;
        }
        items.addLast(item);
        return true;
    }

    T head() {
        return items.getFirst();
    }

    void dropHead() {
        identities.remove(identity.apply(items.removeFirst()));
    }

    State state() {
        return state;
    }

    void state(State next) {
        state = next;
    }

    /** The head starts to rest; the ticket tells this rest from any other. */
    int rest() {
        state = State.RESTING;
        return ++rests;
    }

    boolean rests(int ticket) {
        return state == State.RESTING && rests == ticket;
    }

    /**
     * Moves the matching items to the list, all but a running head.
     *
     * @return whether a head that didn't run was among them
     */
    boolean withdraw(Predicate<? super T> which, List<? super T> into) {
        boolean atHead = true;
        boolean headGone = false;
        for (Iterator<T> all = items.iterator(); all.hasNext(); atHead = false) {
            T item = all.next();
            boolean runs = atHead && state == State.RUNNING;
            if (!runs && which.test(item)) {
                all.remove();
                identities.remove(identity.apply(item));
                into.add(item);
                headGone |= atHead;
            }
        }
        return headGone;
    }
}
