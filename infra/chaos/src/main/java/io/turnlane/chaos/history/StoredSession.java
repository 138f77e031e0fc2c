package io.turnlane.chaos.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Redis holds of one session after the heal: a line of {@code memory.jsonl}.
 *
 * @param session the client's session id
 * @param key the session's key in Kafka and Redis
 * @param turns its history, oldest first
 * @param ttlMs until memory expires; -1 where it never does, -2 where there is none (as Redis {@code PTTL} says)
 * @param open the requests that are not finished, by the session's open set
 * @param requests its request records
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

    /** A turn in memory; {@code text} is null where the turn was interrupted. */
    public record RememberedTurn(
            String request,
            @Nullable String canary,
            @Nullable String text) {}

    /** A request record. */
    public record RequestState(String request, String status, int attempt) {}
}
