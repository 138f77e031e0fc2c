package io.turnlane.chaos.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Data that Redis holds for one session after all faults were healed; a line of {@code memory.jsonl}.
 *
 * @param session session id that the client uses
 * @param key key of the session in Kafka and Redis
 * @param turns turns in memory, oldest first
 * @param ttlMs milliseconds until the memory expires; -1 if it never expires, -2 if there is no memory (as in Redis
 *     {@code PTTL})
 * @param open ids of the unfinished requests, from the set of open requests that Redis keeps for the session
 * @param requests request records of the session
 */
public record StoredSession(
        String session,
        String key,
        List<RememberedTurn> turns,
        long ttlMs,
        List<String> open,
        List<RequestState> requests) {

    public StoredSession {
        turns = List.copyOf(turns);
        open = List.copyOf(open);
        requests = List.copyOf(requests);
    }

    /** A turn in memory; {@code text} is null if the turn was interrupted. */
    public record RememberedTurn(
            String request,
            @Nullable String canary,
            @Nullable String text) {}

    /** Status and attempt of a request record. */
    public record RequestState(String request, String status, int attempt) {}
}
