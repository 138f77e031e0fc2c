package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One turn as a session's history keeps it.
 *
 * @param answer null where the turn was interrupted; such a turn is shown to clients and never to agents
 * @param processingTime from the gateway's acceptance to the stored answer
 * @param timestamp when the turn ended
 */
public record PastTurn(
        RequestId requestId,
        RequestStatus status,
        String question,
        @Nullable String answer,
        @Nullable Double confidence,
        List<Source> sources,
        Duration processingTime,
        Instant timestamp) {

    public PastTurn {
        sources = List.copyOf(sources);
    }
}
