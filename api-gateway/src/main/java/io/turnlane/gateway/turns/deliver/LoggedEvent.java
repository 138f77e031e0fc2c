package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.RequestTimes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Record of the events topic. Its key and headers are parsed. Its value is kept as bytes, which the gateway forwards to
 * clients without parsing them. All clients of the session share one instance.
 *
 * <p>Immutable, provided that no caller changes the array {@code value}. Safe for use by multiple threads.
 *
 * @param type type of the event; SSE sends it in the {@code event:} line
 * @param turn offset of the turn on the turns topic, or {@link #UNKNOWN_TURN}. Of two turns of a session, the one with
 *     the higher offset runs later
 * @param value JSON that clients receive, on one line
 * @param times times of the completed request; null if the event does not contain everything about the request's end
 * @param trace trace of a terminal event; null if no trace records the turn
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on and never compared
public record LoggedEvent(
        long offset,
        String type,
        RequestId requestId,
        long turn,
        int attempt,
        int seq,
        byte[] value,
        @Nullable RequestTimes times,
        @Nullable EventTrace trace) {

    /**
     * Trace that records a turn.
     *
     * @param traceparent W3C trace context
     * @param loggedAt time of the event's record
     */
    record EventTrace(String traceparent, Instant loggedAt) {}

    /** Value of {@link #turn} for an event that does not carry the offset of its turn. */
    static final long UNKNOWN_TURN = -1;

    /** Estimated memory that an event in an outbox needs in addition to its value, in bytes. */
    private static final int OVERHEAD = 400;

    /** Returns true if this is the last event of its request. */
    public boolean isTerminal() {
        return RequestStatus.isTerminalType(type);
    }

    /** Returns true if this event begins an attempt, which invalidates the text of earlier attempts. */
    boolean startsAttempt() {
        return type.equals("started");
    }

    /**
     * Returns true if this event is a part of the answer. Clients can use a part only if they have all earlier parts.
     */
    boolean isPartOfAnswer() {
        return type.equals("delta") || type.equals("artifact");
    }

    int bytes() {
        return value.length + OVERHEAD;
    }
}
