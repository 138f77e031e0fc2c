package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turn in a session's history.
 *
 * @param answer text of the answer, or null if the turn was interrupted; clients see interrupted turns, agents do not
 * @param processingTime time from the gateway's acceptance to the stored answer
 * @param timestamp time at which the turn ended
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
