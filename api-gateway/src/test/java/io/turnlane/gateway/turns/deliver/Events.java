package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.RequestId;
import java.util.UUID;

/** Creates events for tests. */
final class Events {

    static final RequestId R1 = id(1);
    static final RequestId R2 = id(2);
    static final RequestId R3 = id(3);

    private Events() {}

    static RequestId id(long number) {
        return new RequestId(new UUID(0x7000, number));
    }

    static LoggedEvent event(long offset, RequestId request, int attempt, int seq, String type) {
        return sized(offset, request, attempt, seq, type, 10);
    }

    /** Creates an event whose turn has the number of its request as offset, so R1 runs before R2. */
    static LoggedEvent sized(long offset, RequestId request, int attempt, int seq, String type, int bytes) {
        long turn = request.value().getLeastSignificantBits();
        return new LoggedEvent(offset, type, request, turn, attempt, seq, new byte[bytes], null, null);
    }

    static LoggedEvent delta(long offset) {
        return event(offset, R1, 1, (int) offset, "delta");
    }
}
