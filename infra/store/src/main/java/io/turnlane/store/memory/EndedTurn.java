package io.turnlane.store.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.ToolStep;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A turn that has ended, as recorded in the log.
 *
 * @param question the question as its agent received it, including the questions merged into it
 * @param offset offset of the question's record in the turns topic
 * @param loggedAt timestamp of the question's record
 * @param attempt attempt that the terminal event belongs to; 0 if no attempt began
 * @param answer answer of a completed turn, otherwise null
 * @param error error of a failed turn, otherwise null
 * @param cause cause if the turn neither completed nor failed, otherwise null
 * @param usage usage of all attempts
 * @param toolSteps calls of tools that the session's history keeps
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
        @Nullable EndCause cause,
        Usage usage,
        List<ToolStep> toolSteps) {

    public EndedTurn {
        boolean fits = switch (status) {
            case COMPLETED -> answer != null && error == null;
            case FAILED -> answer == null && error != null;
            case CANCELLED, SUPERSEDED, REJECTED -> answer == null && error == null && cause != null;
            case QUEUED, RUNNING, RETRYING -> false;
        };
        if (!fits) {
            throw new IllegalArgumentException(
                    "an ended turn must have an answer, an error or a cause, as its status requires");
        }
    }

    public RequestId requestId() {
        return ask.requestId();
    }

    public boolean isCompleted() {
        return answer != null;
    }

    public Duration processingTime() {
        return ask.elapsed(endedAt);
    }

    /**
     * Returns true if the session's history contains the turn. History contains completed turns, and turns that were
     * cancelled after an attempt had begun, unless a rollback cancelled them.
     */
    public boolean isKeptInHistory() {
        boolean interrupted = status == RequestStatus.CANCELLED
                && attempt > 0
                && cause != null
                && !cause.reason().equals(TurnPolicy.ROLLBACK.reason());
        return isCompleted() || interrupted;
    }

    /** Returns the turn as history stores it. Must be called only if {@link #isKeptInHistory} returns true. */
    public PastTurn toPastTurn() {
        return new PastTurn(
                ask.requestId(),
                status,
                question,
                answer == null ? null : answer.text(),
                answer == null ? null : answer.confidence(),
                answer == null ? List.of() : answer.sources(),
                processingTime(),
                endedAt,
                toolSteps);
    }
}
