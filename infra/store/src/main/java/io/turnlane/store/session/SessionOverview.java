package io.turnlane.store.session;

import io.turnlane.model.SessionKey;
import io.turnlane.model.Usage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Session of any user as operators see it: without its questions, answers and metadata.
 *
 * @param userId user of the session; null without authentication
 * @param agent agent that answers if a question names no agent
 * @param requestCount number of turns that completed
 * @param openRequests number of turns and commands that wait or run
 * @param ttlSeconds time for which the session is kept without activity
 */
public record SessionOverview(
        SessionKey session,
        @Nullable String userId,
        String agent,
        Instant createdAt,
        Instant lastActivity,
        long requestCount,
        int openRequests,
        long ttlSeconds,
        Usage usage) {}
