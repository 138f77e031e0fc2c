package io.turnlane.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
 * @param toolSteps calls of tools that the agent keeps for later turns, oldest first; empty if it keeps none. Clients
 *     see them in exports only. The JSON form omits an empty list.
 */
public record PastTurn(
        RequestId requestId,
        RequestStatus status,
        String question,
        @Nullable String answer,
        @Nullable Double confidence,
        List<Source> sources,
        Duration processingTime,
        Instant timestamp,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ToolStep> toolSteps) {

    public PastTurn {
        sources = List.copyOf(sources);
        if (confidence != null && !(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence must be from 0 to 1, but is " + confidence);
        }
        processingTime = ValueRanges.clamp(processingTime, ValueRanges.LONGEST_TURN);
        toolSteps = List.copyOf(Objects.requireNonNullElse(toolSteps, List.of())); // not sent by older versions
    }

    /** Creates a turn that keeps no calls of tools. */
    public PastTurn(
            RequestId requestId,
            RequestStatus status,
            String question,
            @Nullable String answer,
            @Nullable Double confidence,
            List<Source> sources,
            Duration processingTime,
            Instant timestamp) {
        this(requestId, status, question, answer, confidence, sources, processingTime, timestamp, List.of());
    }

    /** Returns the same turn without the calls of tools. */
    public PastTurn withoutToolSteps() {
        return toolSteps.isEmpty()
                ? this
                : new PastTurn(requestId, status, question, answer, confidence, sources, processingTime, timestamp);
    }
}
