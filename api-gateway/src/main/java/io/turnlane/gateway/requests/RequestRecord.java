package io.turnlane.gateway.requests;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request as memory keeps it.
 *
 * @param type of a command that changes its session and asks nothing; null for a question
 * @param eventsFrom the offset of its session's events partition where its stream starts; null where nobody knows
 * @param attempt the newest, 0 before the first
 * @param position how many turns of its session are before it; 0 once it runs
 * @param stage what the agent said last about what it is doing
 * @param phases when it passed each, as far as it has come
 * @param redriveOf the quarantined request that this one asks again
 * @param webhook what became of its webhook, once that is known: delivered, failed or refused
 * @param execution where it ran, as far as it has run
 * @param cancelRequested whether somebody doesn't want its answer any more
 * @param cause where it ended with neither answer nor error
 * @param absorbs requests that were merged into it, oldest first
 */
public record RequestRecord(
        RequestId requestId,
        SessionId sessionId,
        @Nullable String type,
        RequestStatus status,
        String question,
        String agent,
        @Nullable Answer answer,
        @Nullable TurnError error,
        int attempt,
        int position,
        @Nullable String stage,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Long eventsFrom,
        Map<Phase, Instant> phases,
        @Nullable RequestId redriveOf,
        @Nullable String webhook,
        Execution execution,
        boolean cancelRequested,
        @Nullable EndCause cause,
        List<RequestId> absorbs) {

    public RequestRecord {
        absorbs = List.copyOf(absorbs);
    }

    /** Who runs or ran it and which record of the turns topic it is. */
    public record Execution(
            @Nullable String processor,
            @Nullable Integer partition,
            @Nullable Long offset,
            int failures,
            int crashes) {}

    public boolean ended() {
        return status.isTerminal();
    }

    /** From acceptance to the end; null before it. */
    public @Nullable Duration processingTime() {
        return finishedAt == null ? null : Duration.between(createdAt, finishedAt);
    }
}
