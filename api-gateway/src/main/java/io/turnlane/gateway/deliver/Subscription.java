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
 * <p>Threading: the follower calls {@link #live}; one catch-up reader at a time calls {@link #replay}, {@link #join}
 * and {@link #goLive}; the client's own thread calls {@link #hold}, {@link #release}, {@link #here} and {@link #close},
 * its writer {@link #tellPlace}. Nothing blocks; everything is guarded by this object's monitor, which is taken before
 * the outbox's.
 */
public final class Subscription {

    private enum Stage {
        BEHIND,
        JOINING,
        LIVE,
        CLOSED
    }

    private final SessionKey session;
    private final Interest interest;
    private final int partition;
    private final Outbox outbox;
    private final EventReducer reducer;
    private final Queue<LoggedEvent> aside = new ArrayDeque<>();

    private Stage stage = Stage.BEHIND;
    private long next;
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
     * @param onlyEnds only terminal events
     */
    public record Interest(@Nullable RequestId requestId, boolean onlyEnds) {

        public static final Interest SESSION = new Interest(null, false);

        public static Interest request(RequestId requestId) {
            return new Interest(requestId, false);
        }

        static Interest endOf(RequestId requestId) {
            return new Interest(requestId, true);
        }

        boolean covers(LoggedEvent event) {
            return (requestId == null || requestId.equals(event.requestId())) && (!onlyEnds || event.terminal());
        }
    }

    Subscription(SessionKey session, Interest interest, int partition, Outbox outbox, EventReducer reducer) {
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
    synchronized void live(LoggedEvent event) {
        if (event.offset() < next || stage == Stage.BEHIND || stage == Stage.CLOSED || !interest.covers(event)) {
            return;
        }
        if (stage == Stage.JOINING || held) {
            keepAside(event);
        } else {
            deliver(event);
        }
    }

    /**
     * An event as a catch-up read it. False where the client has no room yet; {@code whenRoom} is called when it has.
     */
    synchronized boolean replay(LoggedEvent event, Runnable whenRoom) {
        if (event.offset() < next || stage == Stage.CLOSED || !interest.covers(event)) {
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
    synchronized void join() {
        if (stage == Stage.BEHIND) {
            stage = Stage.JOINING;
            dropAside();
        }
    }

    /** Back to the reader: it takes longer than what may be kept aside. */
    synchronized void fallBehind() {
        if (stage == Stage.JOINING) {
            stage = Stage.BEHIND;
            dropAside();
        }
    }

    /**
     * The reader has delivered all below {@code from}; the follower's events follow. False where more came than could
     * be kept aside: then the reader has to go on from {@code from}.
     */
    synchronized boolean goLive(long from, boolean tell) {
        if (stage == Stage.CLOSED) {
            return true;
        }
        next = Math.max(next, from);
        if (missed) {
            stage = Stage.BEHIND;
            dropAside();
            return false;
        }
        stage = Stage.LIVE;
        if (tell) {
            outbox.offer(new Delivery.CaughtUp(this));
        }
        flushAside();
        return true;
    }

    /**
     * Events below {@code from} can't be had: says so, then goes live. The stage is {@code JOINING} or {@code LIVE}.
     */
    synchronized void gap(long from) {
        if (stage == Stage.CLOSED) {
            return;
        }
        next = from;
        missed = false;
        reducer.gap();
        stage = Stage.LIVE;
        told = from;
        outbox.offer(new Delivery.Gap(this, cursor(from - 1)));
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
        if (stage == Stage.LIVE && missed) {
            stage = Stage.BEHIND;
            dropAside();
            return catchUp;
        }
        if (stage == Stage.LIVE) {
            flushAside();
        }
        Runnable resume = parked;
        parked = null;
        return resume;
    }

    synchronized boolean closed() {
        return stage == Stage.CLOSED || outbox.closed();
    }

    /** Where the client would go on if it had to come back now. */
    public synchronized Cursor here() {
        told = next;
        return cursor(next - 1);
    }

    /**
     * Tells the client its place where that is well ahead of the last one told.
     *
     * @param offered all below was offered here, where it is live; asked for under this monitor, so that what was
     *     before a {@link #gap} is never taken for what is after it
     * @param step how far ahead is worth telling
     */
    synchronized void tellPlace(LongSupplier offered, long step) {
        if (stage != Stage.LIVE || held) {
            return;
        }
        next = Math.max(next, offered.getAsLong());
        if (next - told >= step) {
            told = next;
            outbox.offer(new Delivery.Place(session, cursor(next - 1)));
        }
    }

    synchronized long next() {
        return next;
    }

    synchronized void startAt(long offset) {
        told = offset;
        next = offset;
    }

    synchronized void close() {
        stage = Stage.CLOSED;
        dropAside();
    }

    private Cursor cursor(long offset) {
        return Cursor.of(session, partition, offset, reducer.known());
    }

    private void deliver(LoggedEvent event) {
        next = event.offset() + 1;
        if (reducer.accepts(event)) {
            told = next;
            outbox.offer(new Delivery.Event(event, cursor(event.offset())));
        }
    }

    private void keepAside(LoggedEvent event) {
        Outbox.Bounds bounds = outbox.bounds();
        if (missed
                || !bounds.leaveRoom(aside.size(), asideBytes)
                || !outbox.room().plenty()) {
            dropAside();
            missed = true;
            return;
        }
        aside.add(event);
        asideBytes += event.bytes();
        outbox.room().take(event.bytes());
    }

    private void flushAside() {
        if (held) {
            return;
        }
        // Out of the room before it goes in again, as what waits.
        outbox.room().giveBack(asideBytes);
        asideBytes = 0;
        for (LoggedEvent event = aside.poll(); event != null; event = aside.poll()) {
            if (event.offset() >= next) {
                deliver(event);
            }
        }
    }

    private void dropAside() {
        aside.clear();
        outbox.room().giveBack(asideBytes);
        asideBytes = 0;
        missed = false;
    }
}
