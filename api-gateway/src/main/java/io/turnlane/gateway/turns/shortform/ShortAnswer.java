package io.turnlane.gateway.turns.shortform;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.Answer;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Response body of {@code POST /ask}.
 *
 * @param answer text of the answer; empty if there is none
 * @param suggestions questions that the agent can answer; absent if there are none
 * @param error message of the error; null if the turn did not fail
 * @param processingTime time from acceptance to the end, in seconds; null if the turn has not ended
 */
record ShortAnswer(
        String answer,
        @Nullable Double confidence,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> suggestions,
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
                answer == null ? List.of() : answer.suggestions(),
                request.processingStage(),
                error == null ? null : error.message(),
                request.sessionId(),
                request.requestId(),
                request.processingTime());
    }
}
