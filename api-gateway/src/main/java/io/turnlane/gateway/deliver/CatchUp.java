package io.turnlane.gateway.deliver;

/**
 * One subscription on its way through the log to where the follower stands.
 *
 * <p>Confined to whichever reader thread has it; handed over through {@link LogReader}'s lock.
 */
final class CatchUp {

    private static final long NOT_JOINED = -1;

    private final Subscription subscription;
    private final long startedNanos;
    private long nextOffset;
    private long read;
    private long readingNanos;
    private long joinedAt = NOT_JOINED;

    /** How far a client may be behind before it gets a gap instead. */
    record CatchUpBudget(long records, long nanos) {}

    CatchUp(Subscription subscription, long since) {
        this.subscription = subscription;
        this.startedNanos = since;
        this.nextOffset = subscription.nextOffset();
    }

    Subscription subscription() {
        return subscription;
    }

    String key() {
        return subscription.session().toString();
    }

    /** Lowest offset not looked at yet. */
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

    /** Reading stops for a while: what the follower sees until then can't all be kept aside. */
    void suspend() {
        joinedAt = NOT_JOINED;
        subscription.fallBehind();
    }

    boolean isJoined() {
        return joinedAt != NOT_JOINED;
    }

    /** Whether all below the place where the follower's events begin has been read. */
    boolean isComplete() {
        return isJoined() && nextOffset >= joinedAt;
    }
}
