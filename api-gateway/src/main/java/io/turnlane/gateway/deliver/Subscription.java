package io.turnlane.gateway.deliver;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's interest in one session, and how far it has come. It is {@code BEHIND} while a catch-up reader feeds it
 * from the log, {@code JOINING} while the follower's events are kept aside because the last of the log is still being
 * read, and {@code LIVE} from where the two meet. {@code next} is the lowest offset that it still wants; whatever is
 * below was delivered, so the seam shows neither a gap nor a repetition.
 *
 * <p>Threading: the follower calls {@link #offerLive}; one catch-up reader at a time calls {@link #offerFromLog},
 * {@link #startJoining} and {@link #goLive}; the client's own thread calls {@link #hold}, {@link #release},
 * {@link #currentCursor} and {@link #close}, its writer {@link #offerCursor}. Nothing blocks; everything is guarded by
 * this object's monitor, which is taken before the outbox's.
 */
public final class Subscription {

    private enum SubscriptionState {
        BEHIND,
        JOINING,
        LIVE,
        CLOSED
    }

    private final SessionKey session;
    private final EventFilter interest;
    private final int partition;
    private final Outbox outbox;
    private final EventReducer reducer;
    private final Queue<LoggedEvent> aside = new ArrayDeque<>();

    private SubscriptionState stage = SubscriptionState.BEHIND;
    private long nextOffset;
    /** What the last cursor said that the client has. */
    private long told;

    private int asideBytes;
    private boolean missed;
    private boolean held;
    private @Nullable Runnable parked;

    /**
     * Which of a session's events a client wants.
     *
     * @param requestId only this request's; null for all
     * @param terminalOnly only terminal events
     */
    public record EventFilter(@Nullable RequestId requestId, boolean terminalOnly) {

        public static final EventFilter SESSION = new EventFilter(null, false);

        public static EventFilter request(RequestId requestId) {
            return new EventFilter(requestId, false);
        }

        static EventFilter endOf(RequestId requestId) {
            return new EventFilter(requestId, true);
        }

        boolean matches(LoggedEvent event) {
            return (requestId == null || requestId.equals(event.requestId())) && (!terminalOnly || event.isTerminal());
        }
    }

    Subscription(SessionKey session, EventFilter interest, int partition, Outbox outbox, EventReducer reducer) {
        this.session = session;
        this.interest = interest;
        this.partition = partition;
        this.outbox = outbox;
        this.reducer = reducer;
    }

    public SessionKey session() {
        return session;
    }

    public @Nullable RequestId requestId() {
        return interest.requestId();
    }

    int partition() {
        return partition;
    }

    /** An event as the follower read it. */
    synchronized void offerLive(LoggedEvent event) {
        if (event.offset() < nextOffset
                || stage == SubscriptionState.BEHIND
                || stage == SubscriptionState.CLOSED
                || !interest.matches(event)) {
            return;
        }
        if (stage == SubscriptionState.JOINING || held) {
            keepAside(event);
        } else {
            deliver(event);
        }
    }

    /**
     * An event as a catch-up read it. False where the client has no room yet; {@code whenRoom} is called when it has.
     */
    synchronized boolean offerFromLog(LoggedEvent event, Runnable whenRoom) {
        if (event.offset() < nextOffset || stage == SubscriptionState.CLOSED || !interest.matches(event)) {
            return true;
        }
        if (held) {
            parked = whenRoom;
            return false;
        }
        if (!outbox.hasRoom(whenRoom)) {
            return false;
        }
        deliver(event);
        return true;
    }

    /** From here on the follower's events are kept aside. */
    synchronized void startJoining() {
        if (stage == SubscriptionState.BEHIND) {
            stage = SubscriptionState.JOINING;
            dropAside();
        }
    }

    /** Back to the reader: it takes longer than what may be kept aside. */
    synchronized void fallBehind() {
        if (stage == SubscriptionState.JOINING) {
            stage = SubscriptionState.BEHIND;
            dropAside();
        }
    }

    /**
     * The reader has delivered all below {@code from}; the follower's events follow. False where more came than could
     * be kept aside: then the reader has to go on from {@code from}.
     */
    synchronized boolean goLive(long from, boolean tell) {
        if (stage == SubscriptionState.CLOSED) {
            return true;
        }
        nextOffset = Math.max(nextOffset, from);
        if (missed) {
            stage = SubscriptionState.BEHIND;
            dropAside();
            return false;
        }
        stage = SubscriptionState.LIVE;
        if (tell) {
            outbox.offer(new OutboxItem.CaughtUpItem(this));
        }
        flushAside();
        return true;
    }

    /**
     * Events below {@code from} can't be had: says so, then goes live. The stage is {@code JOINING} or {@code LIVE}.
     */
    synchronized void goLiveWithGap(long from) {
        if (stage == SubscriptionState.CLOSED) {
            return;
        }
        nextOffset = from;
        missed = false;
        reducer.gap();
        stage = SubscriptionState.LIVE;
        told = from;
        outbox.offer(new OutboxItem.GapItem(this, cursor(from - 1)));
        flushAside();
    }

    /** Keeps this session's events back until {@link #release}, so that something else may be said before them. */
    public synchronized void hold() {
        held = true;
    }

    /** Ends a {@link #hold}; {@code catchUp} is run where more came meanwhile than could be kept aside. */
    void release(Runnable catchUp) {
        Runnable resume = released(catchUp);
        if (resume != null) {
            resume.run();
        }
    }

    private synchronized @Nullable Runnable released(Runnable catchUp) {
        held = false;
        if (stage == SubscriptionState.LIVE && missed) {
            stage = SubscriptionState.BEHIND;
            dropAside();
            return catchUp;
        }
        if (stage == SubscriptionState.LIVE) {
            flushAside();
        }
        Runnable resume = parked;
        parked = null;
        return resume;
    }

    synchronized boolean isClosed() {
        return stage == SubscriptionState.CLOSED || outbox.isClosed();
    }

    /** Where the client would go on if it had to come back now. */
    public synchronized Cursor currentCursor() {
        told = nextOffset;
        return cursor(nextOffset - 1);
    }

    /**
     * Tells the client its place where that is well ahead of the last one told.
     *
     * @param offered all below was offered here, where it is live; asked for under this monitor, so that what was
     *     before a {@link #goLiveWithGap} is never taken for what is after it
     * @param step how far ahead is worth telling
     */
    synchronized void offerCursor(LongSupplier offered, long step) {
        if (stage != SubscriptionState.LIVE || held) {
            return;
        }
        nextOffset = Math.max(nextOffset, offered.getAsLong());
        if (nextOffset - told >= step) {
            told = nextOffset;
            outbox.offer(new OutboxItem.CursorItem(session, cursor(nextOffset - 1)));
        }
    }

    synchronized long nextOffset() {
        return nextOffset;
    }

    synchronized void startAt(long offset) {
        told = offset;
        nextOffset = offset;
    }

    synchronized void close() {
        stage = SubscriptionState.CLOSED;
        dropAside();
    }

    private Cursor cursor(long offset) {
        return Cursor.of(session, partition, offset, reducer.state());
    }

    private void deliver(LoggedEvent event) {
        nextOffset = event.offset() + 1;
        if (reducer.accepts(event)) {
            told = nextOffset;
            outbox.offer(new OutboxItem.EventItem(event, cursor(event.offset())));
        }
    }

    private void keepAside(LoggedEvent event) {
        Outbox.Bounds bounds = outbox.bounds();
        if (missed
                || !bounds.hasRoomForCatchUp(aside.size(), asideBytes)
                || !outbox.sharedLimit().isBelowHalf()) {
            dropAside();
            missed = true;
            return;
        }
        aside.add(event);
        asideBytes += event.bytes();
        outbox.sharedLimit().addBytes(event.bytes());
    }

    private void flushAside() {
        if (held) {
            return;
        }
        // Out of the room before it goes in again, as what waits.
        outbox.sharedLimit().removeBytes(asideBytes);
        asideBytes = 0;
        for (LoggedEvent event = aside.poll(); event != null; event = aside.poll()) {
            if (event.offset() >= nextOffset) {
                deliver(event);
            }
        }
    }

    private void dropAside() {
        aside.clear();
        outbox.sharedLimit().removeBytes(asideBytes);
        asideBytes = 0;
        missed = false;
    }
}
