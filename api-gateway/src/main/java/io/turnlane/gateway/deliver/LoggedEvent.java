package io.turnlane.gateway.deliver;

import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One record of the events topic: what its key and headers tell, and its value as bytes that are passed on unread. One
 * instance is shared by all clients that want it; nobody changes the bytes.
 */
public final class LoggedEvent {

    private static final Set<String> TERMINAL = Arrays.stream(RequestStatus.values())
            .filter(RequestStatus::isTerminal)
            .map(RequestStatus::wire)
            .collect(Collectors.toUnmodifiableSet());

    /** What an event costs in an outbox besides its value, in bytes: itself, its delivery and its cursor. */
    private static final int OVERHEAD = 400;

    private final EventPosition position;
    private final String type;
    private final RequestId requestId;
    private final long turn;
    private final int attempt;
    private final int seq;
    private final byte[] value;

    /** Where a record stands: partition and offset of the events topic. */
    public record EventPosition(int partition, long offset) {}

    /** What stands for the place of a turn whose event doesn't say it. */
    static final long UNKNOWN_TURN = -1;

    LoggedEvent(EventPosition place, String type, RequestId requestId, long turn, int attempt, int seq, byte[] value) {
        this.position = place;
        this.type = type;
        this.requestId = requestId;
        this.turn = turn;
        this.attempt = attempt;
        this.seq = seq;
        this.value = value;
    }

    public EventPosition position() {
        return position;
    }

    long offset() {
        return position.offset();
    }

    /** The event's name, as in SSE's {@code event:} line. */
    public String type() {
        return type;
    }

    public RequestId requestId() {
        return requestId;
    }

    /** The turn's offset on the turns topic: of two turns of a session the one that runs later has the higher. */
    long turn() {
        return turn;
    }

    int attempt() {
        return attempt;
    }

    int seq() {
        return seq;
    }

    /** Exactly the JSON that clients get, one line. Not to be changed. */
    public byte[] value() {
        return value;
    }

    /** Whether nothing follows it in its request. */
    public boolean isTerminal() {
        return TERMINAL.contains(type);
    }

    /** Whether it begins an attempt, voiding what an earlier one said. */
    boolean startsAttempt() {
        return type.equals("started");
    }

    /** Whether it is a part of the answer, which makes sense only after all parts before it. */
    boolean isPartOfAnswer() {
        return type.equals("delta") || type.equals("artifact");
    }

    int bytes() {
        return value.length + OVERHEAD;
    }
}
