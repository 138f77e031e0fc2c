package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Subscription of one client to one session. Keeps the offset up to which the client has received the session's events.
 * Events come either from the log or from the follower, this gateway's consumer of new events. The states of a
 * subscription are:
 *
 * <ul>
 *   <li>{@code BEHIND}: a catch-up reader delivers earlier events from the log.
 *   <li>{@code JOINING}: events from the follower are buffered, because the last part of the log is still being read.
 *   <li>{@code LIVE}: events from the follower are delivered.
 * </ul>
 *
 * <p>{@code nextOffset} is the lowest offset that has not been delivered. Every event below this offset is discarded,
 * so the transition between log and follower causes neither a gap nor a duplicate.
 *
 * <p>Threading: the follower calls {@link #offerLive}. One catch-up reader at a time calls {@link #offerFromLog},
 * {@link #startJoining} and {@link #goLive}. The client's own thread calls {@link #hold}, {@link #release},
 * {@link #currentCursor} and {@link #close}, and its writer calls {@link #offerCursor}. No method blocks. This object's
 * monitor guards all state and is acquired before the monitor of the outbox.
 */
public final class Subscription {

    private enum SubscriptionState {
        BEHIND,
        JOINING,
        LIVE,
        CLOSED
    }

    private final SessionKey session;
    private final EventFilter filter;
    private final int partition;
    private final Outbox outbox;
    private final EventReducer reducer;
    private final Queue<LoggedEvent> buffer = new ArrayDeque<>();

    private SubscriptionState state = SubscriptionState.BEHIND;
    private long nextOffset;
    /** Offset at which the client would resume with the last cursor sent to it. */
    private long lastSentOffset;

    private int bufferedBytes;
    private boolean overflowed;
    private boolean held;
    private @Nullable Runnable heldCatchUp;

    /**
     * Filter for the events of a session.
     *
     * @param requestId the only request that {@code among} selects; null if it can select several
     * @param among returns true for the requests whose events are selected; called by any thread
     */
    public record EventFilter(@Nullable RequestId requestId, Predicate<RequestId> among) {

        public static final EventFilter SESSION = among(_ -> true);

        public static EventFilter request(RequestId requestId) {
            return new EventFilter(requestId, requestId::equals);
        }

        /** Selects the events of the requests for which the predicate returns true. */
        public static EventFilter among(Predicate<RequestId> requests) {
            return new EventFilter(null, requests);
        }

        boolean matches(LoggedEvent event) {
            return among.test(event.requestId());
        }
    }

    Subscription(SessionKey session, EventFilter filter, int partition, Outbox outbox, EventReducer reducer) {
        this.session = session;
        this.filter = filter;
        this.partition = partition;
        this.outbox = outbox;
        this.reducer = reducer;
    }

    public SessionKey session() {
        return session;
    }

    public @Nullable RequestId requestId() {
        return filter.requestId();
    }

    public boolean selects(RequestId request) {
        return filter.among().test(request);
    }

    int partition() {
        return partition;
    }

    /** Offers an event that the follower has read. */
    synchronized void offerLive(LoggedEvent event) {
        if (event.offset() < nextOffset
                || state == SubscriptionState.BEHIND
                || state == SubscriptionState.CLOSED
                || !filter.matches(event)) {
            return;
        }
        if (state == SubscriptionState.JOINING || held) {
            addToBuffer(event);
        } else {
            deliver(event);
        }
    }

    /**
     * Offers an event that a catch-up has read. Returns false if this subscription is held or the client's outbox has
     * no room. {@code whenRoom} then runs as soon as the catch-up can continue.
     */
    synchronized boolean offerFromLog(LoggedEvent event, Runnable whenRoom) {
        if (event.offset() < nextOffset || state == SubscriptionState.CLOSED || !filter.matches(event)) {
            return true;
        }
        if (held) {
            heldCatchUp = whenRoom;
            return false;
        }
        if (!outbox.hasRoom(whenRoom)) {
            return false;
        }
        deliver(event);
        return true;
    }

    /** Starts to buffer events from the follower. */
    synchronized void startJoining() {
        if (state == SubscriptionState.BEHIND) {
            state = SubscriptionState.JOINING;
            discardBuffer();
        }
    }

    /** Stops buffering events and discards those in the buffer. Called when the catch-up pauses. */
    synchronized void fallBehind() {
        if (state == SubscriptionState.JOINING) {
            state = SubscriptionState.BEHIND;
            discardBuffer();
        }
    }

    /**
     * Switches to live delivery after the reader has delivered all events below {@code from}.
     *
     * @param markCaughtUp true to add a {@link OutboxItem.CaughtUpItem} before the live events
     * @return false if the buffer overflowed; the reader must then continue to read the log at {@code from}
     */
    synchronized boolean goLive(long from, boolean markCaughtUp) {
        if (state == SubscriptionState.CLOSED) {
            return true;
        }
        nextOffset = Math.max(nextOffset, from);
        if (overflowed) {
            state = SubscriptionState.BEHIND;
            discardBuffer();
            return false;
        }
        state = SubscriptionState.LIVE;
        if (markCaughtUp) {
            outbox.offer(new OutboxItem.CaughtUpItem(this));
        }
        flushBuffer();
        return true;
    }

    /** Adds a {@link OutboxItem.GapItem} for the missing events below {@code from} and switches to live delivery. */
    synchronized void goLiveWithGap(long from) {
        if (state == SubscriptionState.CLOSED) {
            return;
        }
        nextOffset = from;
        overflowed = false;
        reducer.gap();
        state = SubscriptionState.LIVE;
        lastSentOffset = from;
        outbox.offer(new OutboxItem.GapItem(this, cursor(from - 1)));
        flushBuffer();
    }

    /**
     * Holds back this session's events until {@link #release}, so that the caller can send another message before them.
     */
    public synchronized void hold() {
        held = true;
    }

    /**
     * Ends a {@link #hold} and delivers the buffered events. If the buffer overflowed during the hold, runs
     * {@code catchUp} instead.
     */
    void release(Runnable catchUp) {
        Runnable resume = released(catchUp);
        if (resume != null) {
            resume.run();
        }
    }

    private synchronized @Nullable Runnable released(Runnable catchUp) {
        held = false;
        if (state == SubscriptionState.LIVE && overflowed) {
            state = SubscriptionState.BEHIND;
            discardBuffer();
            return catchUp;
        }
        if (state == SubscriptionState.LIVE) {
            flushBuffer();
        }
        Runnable resume = heldCatchUp;
        heldCatchUp = null;
        return resume;
    }

    synchronized boolean isClosed() {
        return state == SubscriptionState.CLOSED || outbox.isClosed();
    }

    /** Returns the cursor from which the client would continue if it disconnected now. */
    public synchronized Cursor currentCursor() {
        lastSentOffset = nextOffset;
        return cursor(nextOffset - 1);
    }

    /**
     * Sends the client its current cursor if this cursor is at least {@code step} offsets ahead of the last cursor
     * sent.
     *
     * @param offered supplies the offset below which the follower has offered all events; called under this object's
     *     monitor, so that {@link #goLiveWithGap} cannot run before the offset is used
     * @param step minimum distance in offsets
     */
    synchronized void offerCursor(LongSupplier offered, long step) {
        if (state != SubscriptionState.LIVE || held) {
            return;
        }
        nextOffset = Math.max(nextOffset, offered.getAsLong());
        if (nextOffset - lastSentOffset >= step) {
            lastSentOffset = nextOffset;
            outbox.offer(new OutboxItem.CursorItem(session, cursor(nextOffset - 1)));
        }
    }

    synchronized long nextOffset() {
        return nextOffset;
    }

    synchronized void startAt(long offset) {
        lastSentOffset = offset;
        nextOffset = offset;
    }

    synchronized void close() {
        state = SubscriptionState.CLOSED;
        discardBuffer();
    }

    private Cursor cursor(long offset) {
        return Cursor.of(session, partition, offset, reducer.state());
    }

    private void deliver(LoggedEvent event) {
        nextOffset = event.offset() + 1;
        if (reducer.accepts(event)) {
            lastSentOffset = nextOffset;
            outbox.offer(new OutboxItem.EventItem(event, cursor(event.offset())));
        }
    }

    private void addToBuffer(LoggedEvent event) {
        Outbox.Bounds bounds = outbox.bounds();
        if (overflowed
                || !bounds.hasRoomForCatchUp(buffer.size(), bufferedBytes)
                || !outbox.sharedLimit().isBelowHalf()) {
            discardBuffer();
            overflowed = true;
            return;
        }
        buffer.add(event);
        bufferedBytes += event.bytes();
        outbox.sharedLimit().addBytes(event.bytes());
    }

    private void flushBuffer() {
        if (held) {
            return;
        }
        // Removes the bytes before the outbox counts them again.
        outbox.sharedLimit().removeBytes(bufferedBytes);
        bufferedBytes = 0;
        for (LoggedEvent event = buffer.poll(); event != null; event = buffer.poll()) {
            if (event.offset() >= nextOffset) {
                deliver(event);
            }
        }
    }

    private void discardBuffer() {
        buffer.clear();
        outbox.sharedLimit().removeBytes(bufferedBytes);
        bufferedBytes = 0;
        overflowed = false;
    }
}
