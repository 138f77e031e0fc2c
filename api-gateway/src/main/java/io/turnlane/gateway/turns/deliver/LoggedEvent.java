package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.RequestTimes;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Record of the events topic. Its key and headers are parsed. Its value is kept as bytes, which the gateway forwards to
 * clients without parsing them. All clients of the session share one instance.
 *
 * <p>Immutable, provided that no caller changes the array that {@link #value} returns. Safe for use by multiple
 * threads.
 */
public final class LoggedEvent {

    private static final Set<String> TERMINAL = Arrays.stream(RequestStatus.values())
            .filter(RequestStatus::isTerminal)
            .map(RequestStatus::wire)
            .collect(Collectors.toUnmodifiableSet());

    /** Estimated memory that an event in an outbox needs in addition to its value, in bytes. */
    private static final int OVERHEAD = 400;

    private final EventPosition position;
    private final String type;
    private final RequestId requestId;
    private final long turn;
    private final int attempt;
    private final int seq;
    private final byte[] value;
    private final @Nullable RequestTimes times;

    /** Partition and offset of a record on the events topic. */
    public record EventPosition(int partition, long offset) {}

    /** Value of {@link #turn} for an event that does not carry the offset of its turn. */
    static final long UNKNOWN_TURN = -1;

    /** Creates an event without times. */
    LoggedEvent(
            EventPosition position, String type, RequestId requestId, long turn, int attempt, int seq, byte[] value) {
        this(position, type, requestId, turn, attempt, seq, value, null);
    }

    LoggedEvent(
            EventPosition position,
            String type,
            RequestId requestId,
            long turn,
            int attempt,
            int seq,
            byte[] value,
            @Nullable RequestTimes times) {
        this.position = position;
        this.type = type;
        this.requestId = requestId;
        this.turn = turn;
        this.attempt = attempt;
        this.seq = seq;
        this.value = value;
        this.times = times;
    }

    public EventPosition position() {
        return position;
    }

    long offset() {
        return position.offset();
    }

    /** Returns the type of the event. SSE sends it in the {@code event:} line. */
    public String type() {
        return type;
    }

    public RequestId requestId() {
        return requestId;
    }

    /**
     * Returns the offset of the turn on the turns topic. Of two turns of a session, the one with the higher offset runs
     * later.
     */
    long turn() {
        return turn;
    }

    public int attempt() {
        return attempt;
    }

    int seq() {
        return seq;
    }

    /** Returns the JSON that clients receive, on one line. The array is shared and must not be changed. */
    public byte[] value() {
        return value;
    }

    /**
     * Returns the times of the completed request; null if the event does not contain everything about the request's
     * end.
     */
    public @Nullable RequestTimes times() {
        return times;
    }

    /** Returns true if this is the last event of its request. */
    public boolean isTerminal() {
        return isTerminal(type);
    }

    /** Returns true if events of this type end their request. */
    static boolean isTerminal(String type) {
        return TERMINAL.contains(type);
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
