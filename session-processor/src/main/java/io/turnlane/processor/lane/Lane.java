package io.turnlane.processor.lane;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

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
        RESTING,
        /** Waits for what is done aside with it. */
        HELD_UP
    }

    /** Work on a waiting item, out of its turn. */
    record Aside<T>(T item, AsideWork<T> work) {}

    private final K key;
    private final Deque<T> items = new ArrayDeque<>();
    private final Set<Object> identities = new HashSet<>();
    private final Function<? super T, ?> identity;
    private final ToIntFunction<? super T> urgency;
    private final int[] ofUrgency = new int[ReadyLanes.KINDS];
    private State state = State.READY;
    private final Deque<Aside<T>> asides = new ArrayDeque<>();
    private boolean asideRuns;
    private boolean hurried;
    private int rests;

    Lane(K key, Function<? super T, ?> identity, ToIntFunction<? super T> urgency) {
        this.key = key;
        this.identity = identity;
        this.urgency = urgency;
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
        ofUrgency[urgency.applyAsInt(item)]++;
        return true;
    }

    T head() {
        return items.getFirst();
    }

    void dropHead() {
        hurried = false;
        forget(items.removeFirst());
    }

    private void forget(T item) {
        identities.remove(identity.apply(item));
        ofUrgency[urgency.applyAsInt(item)]--;
    }

    /** Of its most urgent item: what is ahead of that has to go first. */
    int urgency() {
        int most = 0;
        while (most < ofUrgency.length - 1 && ofUrgency[most] == 0) {
            most++;
        }
        return most;
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

    /** The head's next rest is to take no time. */
    void hurry() {
        hurried = true;
    }

    /** Whether it was, once for each time that it was said. */
    boolean hurried() {
        boolean was = hurried;
        hurried = false;
        return was;
    }

    boolean rests(int ticket) {
        return state == State.RESTING && rests == ticket;
    }

    /** The waiting items that match, all but a running head. */
    List<T> waiting(Predicate<? super T> which) {
        return items.stream().skip(state == State.RUNNING ? 1 : 0).filter(which).toList();
    }

    /** The items ahead of this one, with a running head; all where it has left. */
    List<T> ahead(T item) {
        return items.stream().takeWhile(other -> !same(other, item)).toList();
    }

    void addAside(Aside<T> aside) {
        asides.addLast(aside);
    }

    /** Whether the next work aside may begin: they go one after another. */
    boolean asideDue() {
        return !asideRuns && !asides.isEmpty();
    }

    /** The work aside that begins now; it stays until {@link #endAside}. */
    Aside<T> beginAside() {
        asideRuns = true;
        return asides.getFirst();
    }

    void endAside() {
        asideRuns = false;
        asides.removeFirst();
    }

    /** Whether the head is worked on aside, or is to be. */
    boolean headAside() {
        return !items.isEmpty() && asides.stream().anyMatch(aside -> same(aside.item(), items.getFirst()));
    }

    /** The lane holds one of each identity. */
    private boolean same(T one, T other) {
        return identity.apply(one).equals(identity.apply(other));
    }

    private boolean isWorkedOn(T item) {
        return asideRuns && same(asides.getFirst().item(), item);
    }

    /**
     * Moves the matching items to the list, all but a running head and one that is worked on aside.
     *
     * @return whether a head that didn't run was among them
     */
    boolean withdraw(Predicate<? super T> which, List<? super T> into) {
        return remove(item -> which.test(item) && !isWorkedOn(item), into);
    }

    /** As {@link #withdraw}, of items that are over; one that is worked on aside too. */
    boolean drop(Collection<T> over, List<? super T> into) {
        return remove(item -> over.stream().anyMatch(other -> same(other, item)), into);
    }

    private boolean remove(Predicate<? super T> which, List<? super T> into) {
        boolean atHead = true;
        boolean headGone = false;
        for (Iterator<T> all = items.iterator(); all.hasNext(); atHead = false) {
            T item = all.next();
            boolean runs = atHead && state == State.RUNNING;
            if (!runs && which.test(item)) {
                all.remove();
                forget(item);
                asides.removeIf(aside -> same(aside.item(), item) && !isWorkedOn(item));
                into.add(item);
                headGone |= atHead;
            }
        }
        if (headGone) {
            hurried = false; // who follows wasn't meant
        }
        return headGone;
    }
}
