package io.turnlane.gateway.deliver;

import io.turnlane.gateway.deliver.Cursor.ReducerState;
import io.turnlane.gateway.deliver.Cursor.RequestProgress;
import io.turnlane.model.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides for one client which events of its session the client receives. The log may contain duplicates, because the
 * events of a redelivered turn are published again, and late events of an owner that lost the session. The client's
 * stream contains neither.
 *
 * <p>The identity of an event is (request, attempt, seq). The identity of a terminal event is (request, {@code end});
 * it closes the request for every attempt. Parts of an answer are withheld if the client can't have the beginning of
 * the answer: after a gap, and in an attempt whose {@code started} event is missing.
 *
 * <p>Turns of a session run one after the other, in the order of their offsets on the turns topic, and the terminal
 * event of a turn precedes the {@code started} event of the next one. An event of a running turn that arrives after a
 * later turn was seen running is therefore a duplicate or a late event of a previous owner. If an event does not carry
 * its turn's offset, the reducer can draw this conclusion only until it has seen the terminal event of the turn in the
 * cursor. Until then an event of any other running turn belongs to an earlier turn.
 *
 * <p>Not safe for use by multiple threads. The {@link Subscription} that owns the reducer guards it.
 */
final class EventReducer {

    /**
     * Maximum number of requests remembered. A session may have fewer open requests, so only closed requests are
     * forgotten.
     */
    static final int MAX_REMEMBERED = 256;

    private final Map<RequestId, RequestProgress> seen = new LinkedHashMap<>();
    private @Nullable RequestId inFlight;
    /**
     * True if requests may have begun before the first event that this client receives. Text is then withheld until a
     * {@code started} event.
     */
    private boolean needsStart;
    /** Turn that was running at the cursor; null once it has ended or a gap occurred. */
    private @Nullable RequestId runningAtCursor;
    /** Offset on the turns topic of the latest turn that was seen running. */
    private long latestTurn = LoggedEvent.UNKNOWN_TURN;

    /** Creates a reducer for a client that follows its session without a cursor. */
    EventReducer() {}

    /** Creates a reducer for a client that continues after a cursor. */
    EventReducer(Cursor cursor) {
        RequestProgress progress = cursor.state().progress();
        boolean ranAtCursor = progress != null && progress.attempt() > 0;
        // If a turn was running at the cursor, every other turn begins to run after the cursor, and its started event
        // must be seen.
        needsStart = ranAtCursor || !cursor.state().complete();
        latestTurn = cursor.state().turn();
        if (progress != null) {
            remember(progress);
            runningAtCursor = progress.attempt() > 0 && !progress.ended() ? progress.requestId() : null;
        }
    }

    /** Returns true if the client receives this event, and records the event as seen. */
    boolean accepts(LoggedEvent event) {
        RequestProgress before = seen.get(event.requestId());
        if (before == null ? isOfEarlierTurn(event) : isOld(event, before)) {
            return false;
        }
        if (event.attempt() > 0) {
            latestTurn = Math.max(latestTurn, event.turn());
        }
        if (event.isTerminal() && event.requestId().equals(runningAtCursor)) {
            runningAtCursor = null;
        }
        boolean textShown = event.startsAttempt() || isContinued(event, before);
        remember(new RequestProgress(event.requestId(), event.attempt(), event.seq(), event.isTerminal(), textShown));
        return textShown || !event.isPartOfAnswer();
    }

    /** Records that events may be missing at this point. */
    void gap() {
        needsStart = true;
        runningAtCursor = null;
        seen.replaceAll((_, p) -> new RequestProgress(p.requestId(), p.attempt(), p.seq(), p.ended(), false));
    }

    /** Returns the state that a cursor at this point has to carry. */
    ReducerState state() {
        return new ReducerState(inFlight == null ? null : seen.get(inFlight), latestTurn, !needsStart);
    }

    /**
     * Decides for a request without recorded events. A turn that never ran may end at any time, so its terminal event
     * is delivered. A non-terminal event of a waiting turn before the latest running turn comes from a redelivery: that
     * turn ended long ago. If it were accepted, the reducer would know the request and deliver a duplicate of its
     * terminal event.
     */
    private boolean isOfEarlierTurn(LoggedEvent event) {
        boolean offsetsKnown = event.turn() != LoggedEvent.UNKNOWN_TURN && latestTurn != LoggedEvent.UNKNOWN_TURN;
        boolean beforeLatest = offsetsKnown && event.turn() < latestTurn;
        if (event.attempt() == 0) {
            return !event.isTerminal() && beforeLatest;
        }
        // Offsets decide if both are known, because runningAtCursor may stay set: a client that follows one request
        // never receives the terminal event of another turn.
        return offsetsKnown ? beforeLatest : runningAtCursor != null;
    }

    private static boolean isOld(LoggedEvent event, RequestProgress before) {
        if (before.ended()) {
            return true;
        }
        if (event.isTerminal()) {
            return false;
        }
        return event.attempt() < before.attempt()
                || (event.attempt() == before.attempt() && event.seq() <= before.seq());
    }

    private boolean isContinued(LoggedEvent event, @Nullable RequestProgress before) {
        if (before == null) {
            return !needsStart;
        }
        boolean sameText = event.attempt() == before.attempt() || before.attempt() == 0;
        return sameText && before.textShown();
    }

    private void remember(RequestProgress progress) {
        seen.remove(progress.requestId());
        seen.put(progress.requestId(), progress);
        if (progress.attempt() > 0 || inFlight == null) {
            inFlight = progress.requestId();
        }
        if (seen.size() > MAX_REMEMBERED) {
            seen.remove(seen.keySet().iterator().next());
        }
    }
}
