package io.turnlane.gateway.deliver;

/**
 * One subscription on its way through the log to where the follower stands.
 *
 * <p>Confined to whichever reader thread has it; handed over through {@link LogReader}'s lock.
 */
final class CatchUp {

    private static final long NOT_JOINED = -1;

    private final Subscription subscription;
    private final long since;
    private long next;
    private long read;
    private long readingNanos;
    private long joinedAt = NOT_JOINED;

    /** How far a client may be behind before it gets a gap instead. */
    record Budget(long records, long nanos) {}

    CatchUp(Subscription subscription, long since) {
        this.subscription = subscription;
        this.since = since;
        this.next = subscription.next();
    }

    Subscription subscription() {
        return subscription;
    }

    String key() {
        return subscription.session().toString();
    }

    /** Lowest offset not looked at yet. */
    long next() {
        return next;
    }

    long since() {
        return since;
    }

    void passed(long position) {
        if (position > next) {
            read += position - next;
            next = position;
        }
    }

    void spent(long nanos) {
        readingNanos += nanos;
    }

    boolean exceeds(Budget budget) {
        return read > budget.records() || readingNanos > budget.nanos();
    }

    void join(long position) {
        joinedAt = position;
    }

    /** Reading stops for a while: what the follower sees until then can't all be kept aside. */
    void leave() {
        joinedAt = NOT_JOINED;
        subscription.fallBehind();
    }

    boolean joined() {
        return joinedAt != NOT_JOINED;
    }

    /** Whether all below the place where the follower's events begin has been read. */
    boolean complete() {
        return joined() && next >= joinedAt;
    }
}
