package io.turnlane.gateway.turns.shortform;

import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.Answer;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Response body of {@code POST /ask}.
 *
 * @param answer text of the answer; empty if there is none
 * @param error message of the error; null if the turn did not fail
 * @param processingTime time from acceptance to the end, in seconds; null if the turn has not ended
 */
record ShortAnswer(
        String answer,
        @Nullable Double confidence,
        String processingStage,
        @Nullable String error,
        SessionId sessionId,
        RequestId requestId,
        @Nullable Duration processingTime) {

    static ShortAnswer of(RequestResource request) {
        Answer answer = request.answer();
        TurnError error = request.error();
        return new ShortAnswer(
                answer == null ? "" : answer.text(),
                answer == null ? null : answer.confidence(),
                request.processingStage(),
                error == null ? null : error.message(),
                request.sessionId(),
                request.requestId(),
                request.processingTime());
    }
}
