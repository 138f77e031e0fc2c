package io.turnlane.gateway.deliver;

import io.turnlane.gateway.deliver.Cursor.ReducerState;
import io.turnlane.gateway.deliver.Cursor.RequestProgress;
import io.turnlane.model.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides for one client which records of its session it has yet to see. The log may hold twins (a redelivered turn is
 * emitted again) and late words of an owner that lost the session; a client's stream never does.
 *
 * <p>An event is (request, attempt, seq); a terminal event is (request, {@code end}) and closes the request whatever
 * its attempt. Parts of an answer are withheld where the client can't have its beginning: after a gap, and in an
 * attempt whose {@code started} is missing.
 *
 * <p>Turns of a session run one after the other, in the order of their places on the turns topic, and each says its end
 * before the next one starts. So what a turn says of its run after a later one was seen running is the late word of an
 * owner that was replaced, or a twin. Where an event doesn't tell its turn's place, the same follows only while the
 * turn of the cursor has no end: another that says something of its run is an earlier one.
 *
 * <p>Not safe for use by several threads; its {@link Subscription} guards it.
 */
final class EventReducer {

    /** Requests remembered; more than a session may have open, so that only closed ones are forgotten. */
    static final int REMEMBERED = 256;

    private final Map<RequestId, RequestProgress> seen = new LinkedHashMap<>();
    private @Nullable RequestId inFlight;
    /** Set where requests may have begun before what this client sees: then only a {@code started} opens one's text. */
    private boolean needsStart;
    /** The turn that ran when the client left, until its end or a gap. */
    private @Nullable RequestId resumedIn;
    /** Place of the latest turn that was seen running. */
    private long latest = LoggedEvent.UNKNOWN_TURN;

    /** For a client that sees its session from some point on. */
    EventReducer() {}

    /** For a client that goes on after a cursor. */
    EventReducer(Cursor cursor) {
        RequestProgress progress = cursor.state().progress();
        boolean ranThere = progress != null && progress.attempt() > 0;
        // Turns run one after the other: after one that ran, whatever another says of its run began after the cursor.
        needsStart = ranThere || !cursor.state().complete();
        latest = cursor.state().turn();
        if (progress != null) {
            remember(progress);
            resumedIn = progress.attempt() > 0 && !progress.ended() ? progress.requestId() : null;
        }
    }

    /** Whether the client gets this event; notes that it was here. */
    boolean accepts(LoggedEvent event) {
        RequestProgress before = seen.get(event.requestId());
        if (before == null ? isOfAnEarlierTurn(event) : isOld(event, before)) {
            return false;
        }
        if (event.attempt() > 0) {
            latest = Math.max(latest, event.turn());
        }
        if (event.isTerminal() && event.requestId().equals(resumedIn)) {
            resumedIn = null;
        }
        boolean shown = event.startsAttempt() || isContinued(event, before);
        remember(new RequestProgress(event.requestId(), event.attempt(), event.seq(), event.isTerminal(), shown));
        return shown || !event.isPartOfAnswer();
    }

    /** Events may have been missed here. */
    void gap() {
        needsStart = true;
        resumedIn = null;
        seen.replaceAll((_, p) -> new RequestProgress(p.requestId(), p.attempt(), p.seq(), p.ended(), false));
    }

    /** What a cursor made now has to carry. */
    ReducerState state() {
        return new ReducerState(inFlight == null ? null : seen.get(inFlight), latest, !needsStart);
    }

    /**
     * Of a turn that this reducer doesn't know; one that never ran may end at any time. But what waits in front of one
     * that ran was delivered once more: it ended long ago, and would be known from here on.
     */
    private boolean isOfAnEarlierTurn(LoggedEvent event) {
        boolean placesKnown = event.turn() != LoggedEvent.UNKNOWN_TURN && latest != LoggedEvent.UNKNOWN_TURN;
        boolean beforeTheLatest = placesKnown && event.turn() < latest;
        if (event.attempt() == 0) {
            return !event.isTerminal() && beforeTheLatest;
        }
        // Whoever follows one request never sees the end of the turn that ran when its cursor was made.
        return placesKnown ? beforeTheLatest : resumedIn != null;
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
        if (seen.size() > REMEMBERED) {
            seen.remove(seen.keySet().iterator().next());
        }
    }
}
