package io.turnlane.store.memory;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** Finds requests whose request record has no terminal status. */
@FunctionalInterface
public interface UnendedRequests {

    /**
     * Request without a terminal status.
     *
     * @param type type of its command
     * @param createdAt time at which a gateway accepted it, by the gateway's clock
     */
    record UnendedRequest(SessionKey session, RequestId request, String type, Instant createdAt) {}

    /**
     * Finds the unended requests of all matching sessions, oldest first for each session. Searches the keys of all
     * sessions, so this method is meant for rare events. May block for seconds.
     *
     * @throws MemoryUnavailableException if the store doesn't answer
     */
    List<UnendedRequest> find(Predicate<SessionKey> sessions);
}
