package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A turn that ended, as the log tells it.
 *
 * @param offset of its question in the turns topic
 * @param loggedAt its question's timestamp
 * @param answer where it completed
 * @param error where it failed
 */
public record EndedTurn(
        Ask ask,
        long offset,
        Instant loggedAt,
        int attempt,
        Instant startedAt,
        Instant endedAt,
        @Nullable Answer answer,
        @Nullable TurnError error) {

    public EndedTurn {
        if ((answer == null) == (error == null)) {
            throw new IllegalArgumentException("a turn ends with an answer or with an error");
        }
    }

    public RequestId requestId() {
        return ask.requestId();
    }

    public boolean completed() {
        return answer != null;
    }

    public Duration processing() {
        return Duration.between(ask.createdAt(), endedAt);
    }

    RequestStatus status() {
        return completed() ? RequestStatus.COMPLETED : RequestStatus.FAILED;
    }

    /** As history keeps it; of one that completed. */
    public PastTurn past() {
        Answer given = Objects.requireNonNull(answer);
        return new PastTurn(
                ask.requestId(),
                RequestStatus.COMPLETED,
                ask.question(),
                given.text(),
                given.confidence(),
                given.sources(),
                processing(),
                endedAt);
    }
}
