package io.turnlane.store.memory;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A turn that has not ended yet, as recorded in the log.
 *
 * @param offset offset of the question's record in the turns topic
 * @param loggedAt timestamp of the question's record
 * @param eventsFrom offset in the events topic at which streams of the turn start; null if the gateway didn't know this
 *     offset
 * @param attempt number of the last attempt that began; 0 if no attempt began. Clients have possibly received events of
 *     this attempt, so the next attempt must have a higher number
 * @param mergedQuestions questions that were merged into the turn, by request id, oldest first
 * @param cancel cancel of the turn by a client; null if no client cancelled it
 */
public record OpenTurn(
        Ask ask,
        long offset,
        Instant loggedAt,
        @Nullable Long eventsFrom,
        int attempt,
        Map<RequestId, String> mergedQuestions,
        @Nullable CancelTurn cancel) {

    public OpenTurn {
        mergedQuestions = Collections.unmodifiableMap(new LinkedHashMap<>(mergedQuestions));
    }

    public RequestId requestId() {
        return ask.requestId();
    }
}
