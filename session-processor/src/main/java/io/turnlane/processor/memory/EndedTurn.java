package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A turn that ended, as the log tells it.
 *
 * @param question as its agent had it: with those that were merged into it
 * @param offset of its question in the turns topic
 * @param loggedAt its question's timestamp
 * @param answer where it completed
 * @param error where it failed
 * @param cause where it ended with neither
 */
public record EndedTurn(
        Ask ask,
        String question,
        long offset,
        Instant loggedAt,
        int attempt,
        Instant startedAt,
        Instant endedAt,
        @Nullable Answer answer,
        @Nullable TurnError error,
        RequestStatus status,
        @Nullable EndCause cause) {

    public EndedTurn {
        boolean fits = switch (status) {
            case COMPLETED -> answer != null && error == null;
            case FAILED -> answer == null && error != null;
            case CANCELLED, SUPERSEDED, REJECTED -> answer == null && error == null && cause != null;
            case QUEUED, RUNNING, RETRYING -> false;
        };
        if (!fits) {
            throw new IllegalArgumentException("a turn ends with an answer, with an error or with a cause");
        }
    }

    /** With an answer or with an error. */
    public EndedTurn(
            Ask ask,
            long offset,
            Instant loggedAt,
            int attempt,
            Instant startedAt,
            Instant endedAt,
            @Nullable Answer answer,
            @Nullable TurnError error) {
        this(
                ask,
                ask.question(),
                offset,
                loggedAt,
                attempt,
                startedAt,
                endedAt,
                answer,
                error,
                answer == null ? RequestStatus.FAILED : RequestStatus.COMPLETED,
                null);
    }

    public RequestId requestId() {
        return ask.requestId();
    }

    public boolean isCompleted() {
        return answer != null;
    }

    public Duration processingTime() {
        return Duration.between(ask.createdAt(), endedAt);
    }

    /** Whether history keeps it: answered, or interrupted by somebody who doesn't mind that. */
    public boolean isKeptInHistory() {
        boolean interrupted = status == RequestStatus.CANCELLED
                && attempt > 0
                && cause != null
                && !cause.reason().equals(TurnPolicy.ROLLBACK.reason());
        return isCompleted() || interrupted;
    }

    /** As history keeps it; of one that is {@linkplain #isKeptInHistory remembered}. */
    public PastTurn toPastTurn() {
        return new PastTurn(
                ask.requestId(),
                status,
                question,
                answer == null ? null : answer.text(),
                answer == null ? null : answer.confidence(),
                answer == null ? List.of() : answer.sources(),
                processingTime(),
                endedAt);
    }
}
