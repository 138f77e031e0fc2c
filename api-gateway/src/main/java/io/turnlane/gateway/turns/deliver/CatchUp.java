package io.turnlane.gateway.turns.deliver;

/**
 * Progress of one subscription's catch-up. A catch-up reads from the log the events that the client missed. It ends at
 * the position of the follower (this gateway's consumer of new events).
 *
 * <p>Only the reader thread that currently works on the catch-up uses this object. The lock of {@link LogReader} makes
 * its state visible to the next reader thread.
 */
final class CatchUp {

    private static final long NOT_JOINED = -1;

    private final Subscription subscription;
    private final long startedNanos;
    private long nextOffset;
    private long read;
    private long readingNanos;
    private long joinedAt = NOT_JOINED;

    /**
     * Limits on a catch-up. If a catch-up exceeds a limit, it ends and the client receives a {@code gap} event.
     *
     * @param records number of log records that may be read
     * @param nanos time that may be spent reading, in nanoseconds
     */
    record CatchUpBudget(long records, long nanos) {}

    CatchUp(Subscription subscription, long startedNanos) {
        this.subscription = subscription;
        this.startedNanos = startedNanos;
        this.nextOffset = subscription.nextOffset();
    }

    Subscription subscription() {
        return subscription;
    }

    String key() {
        return subscription.session().toString();
    }

    /** Returns the lowest offset that this catch-up has not read yet. */
    long nextOffset() {
        return nextOffset;
    }

    long startedNanos() {
        return startedNanos;
    }

    void advanceTo(long position) {
        if (position > nextOffset) {
            read += position - nextOffset;
            nextOffset = position;
        }
    }

    void addReadingTime(long nanos) {
        readingNanos += nanos;
    }

    boolean exceeds(CatchUpBudget budget) {
        return read > budget.records() || readingNanos > budget.nanos();
    }

    void joinAt(long position) {
        joinedAt = position;
    }

    /** Pauses this catch-up until it is queued again. It later reads from the log what it missed. */
    void suspend() {
        joinedAt = NOT_JOINED;
        subscription.fallBehind();
    }

    boolean isJoined() {
        return joinedAt != NOT_JOINED;
    }

    /** Returns true if this catch-up has read the log up to the position given to {@link #joinAt}. */
    boolean isComplete() {
        return isJoined() && nextOffset >= joinedAt;
    }
}
