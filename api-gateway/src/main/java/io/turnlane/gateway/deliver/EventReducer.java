package io.turnlane.gateway.deliver;

import io.turnlane.gateway.deliver.Cursor.ReducerState;
import io.turnlane.gateway.deliver.Cursor.RequestProgress;
import io.turnlane.model.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides for one client which events of its session the client receives. The log can contain duplicates, because the
 * events of a redelivered turn are published again. It can also contain late events of a processor that no longer owns
 * the session. The reducer keeps both out of the client's stream.
 *
 * <p>An event is identified by request, attempt and sequence number ({@code seq}). A terminal event is identified by
 * its request only. After it, the reducer rejects the events of all attempts of this request. The reducer withholds
 * parts of an answer whose beginning the client doesn't have. The beginning is missing after a gap, and in an attempt
 * whose {@code started} event the client did not receive.
 *
 * <p>The turns of a session run one after the other, in the order of their offsets on the turns topic. The terminal
 * event of a turn precedes the {@code started} event of the next turn. If the reducer has seen a turn running, later
 * events of earlier turns are therefore duplicates or late events of a previous owner. To recognise an earlier turn,
 * the reducer compares the offsets that the events carry. If an event carries no offset, the reducer uses the turn that
 * was running at the cursor. Until the reducer has seen the terminal event of this turn, it treats the events of any
 * other running turn as events of an earlier turn.
 *
 * <p>Not safe for use by multiple threads. The {@link Subscription} that owns the reducer guards it.
 */
final class EventReducer {

    /**
     * Maximum number of requests remembered. A session is allowed fewer open requests than this, so the reducer forgets
     * only requests that have ended.
     */
    static final int MAX_REMEMBERED = 256;

    private final Map<RequestId, RequestProgress> seen = new LinkedHashMap<>();
    private @Nullable RequestId inFlight;
    /**
     * True if a turn may have begun before the first event that this client receives. The text of each turn is then
     * withheld until the turn's {@code started} event.
     */
    private boolean needsStart;
    /** Turn that was running at the cursor; null after this turn has ended or after a gap. */
    private @Nullable RequestId runningAtCursor;
    /** Offset on the turns topic of the latest turn that was seen running. */
    private long latestTurn = LoggedEvent.UNKNOWN_TURN;

    /** Creates a reducer for a client that follows its session without a cursor. */
    EventReducer() {}

    /** Creates a reducer for a client that continues after a cursor. */
    EventReducer(Cursor cursor) {
        RequestProgress progress = cursor.state().progress();
        boolean ranAtCursor = progress != null && progress.attempt() > 0;
        // Turns of a session run one after the other. If one was running at the cursor, every other turn starts after
        // the cursor, so its text must follow its own started event.
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
     * Returns true if an event belongs to an earlier turn that has ended. Called for an event whose request this
     * reducer has not recorded.
     *
     * <p>An event without an attempt was published for a turn that had not begun to run. Such a turn can end at any
     * time, for example by a cancel, so its terminal event is always accepted. If a later turn has already run, any
     * other event without an attempt comes from a redelivery. If the reducer recorded such an event, the redelivered
     * terminal event would later reach the client as a new one.
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
