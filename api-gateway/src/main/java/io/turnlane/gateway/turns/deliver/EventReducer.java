package io.turnlane.gateway.turns.deliver;

import io.turnlane.gateway.turns.deliver.Cursor.ReducerState;
import io.turnlane.gateway.turns.deliver.Cursor.RequestProgress;
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
 * its request only. After the terminal event, the reducer rejects all events of this request. The reducer withholds the
 * text of an attempt if the client lacks the beginning of this text, for example after a gap.
 *
 * <p>The turns of a session run one after the other, in the order of their offsets on the turns topic. The terminal
 * event of a turn precedes the {@code started} event of the next turn. Once the reducer has seen a turn running, events
 * of earlier turns are therefore duplicates or late events of a previous owner. The reducer recognises an earlier turn
 * by its offset on the turns topic, which the events carry. If an event carries no offset, only the turn that was
 * running at the cursor is known. Until it has ended, the reducer rejects such events of all other turns that have
 * begun.
 *
 * <p>Not safe for use by multiple threads. The {@link Subscription} that owns the reducer guards it.
 */
final class EventReducer {

    /**
     * Maximum number of requests remembered. A session can have fewer open requests, so the reducer forgets only
     * requests that have ended.
     */
    static final int MAX_REMEMBERED = 256;

    private final Map<RequestId, RequestProgress> seen = new LinkedHashMap<>();
    private @Nullable RequestId inFlight;
    /**
     * True if this client may lack the beginning of a turn's text. The text of each turn is then withheld until the
     * turn's {@code started} event.
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
     * <p>An event without an attempt belongs to a turn that had not begun to run. If this event is terminal, it is
     * always accepted, because a waiting turn can be cancelled at any time. Any other event without an attempt is a
     * duplicate if a later turn has already run.
     */
    private boolean isOfEarlierTurn(LoggedEvent event) {
        boolean offsetsKnown = event.turn() != LoggedEvent.UNKNOWN_TURN && latestTurn != LoggedEvent.UNKNOWN_TURN;
        boolean beforeLatest = offsetsKnown && event.turn() < latestTurn;
        if (event.attempt() == 0) {
            return !event.isTerminal() && beforeLatest;
        }
        // Prefers offsets, because runningAtCursor may stay set: a client that follows one request never receives the
        // terminal event of another turn.
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
