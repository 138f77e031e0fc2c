package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turn in a session's history.
 *
 * @param answer text of the answer, or null if the turn was cancelled while it ran; clients see such a turn in the
 *     history, agents do not
 * @param confidence number from 0 to 1, or null
 * @param processingTime time from the acceptance of the question until the answer was stored. The constructor changes a
 *     value outside the range from 0 to {@link ValueRanges#LONGEST_TURN} to the nearest value in the range. Such a
 *     value can result if the clocks of two machines differ.
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
        if (confidence != null && !(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence must be from 0 to 1, but is " + confidence);
        }
        processingTime = ValueRanges.clamp(processingTime, ValueRanges.LONGEST_TURN);
    }
}
