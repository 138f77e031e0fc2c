package io.turnlane.processor.memory;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A turn that is still to end, as the log tells it.
 *
 * @param offset of its question in the turns topic
 * @param loggedAt its question's timestamp
 * @param eventsFrom where streams of it start to read, as its gateway knew; null where it didn't
 * @param attempt the last that began, 0 where none did: clients have seen its events, so the next has to be a newer one
 * @param mergedQuestions questions that were merged into it, by request, oldest first
 */
public record OpenTurn(
        Ask ask,
        long offset,
        Instant loggedAt,
        @Nullable Long eventsFrom,
        int attempt,
        Map<RequestId, String> mergedQuestions) {

    public OpenTurn {
        mergedQuestions = Collections.unmodifiableMap(new LinkedHashMap<>(mergedQuestions));
    }

    /** Into which nothing was merged. */
    public OpenTurn(Ask ask, long offset, Instant loggedAt, @Nullable Long eventsFrom, int attempt) {
        this(ask, offset, loggedAt, eventsFrom, attempt, Map.of());
    }

    public RequestId requestId() {
        return ask.requestId();
    }

    /** By the gateway's clock, for want of the record that had it by Redis' own; null where it has none. */
    @Nullable
    Instant deadlineAt() {
        return ask.deadline() == null ? null : ask.createdAt().plus(ask.deadline());
    }
}
