package io.turnlane.store.request;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Request of any user as operators see it: without its question, its answer and the message of its error.
 *
 * @param userId user of the session; null without authentication, or if the session has expired
 * @param type type of the command, such as {@code import_session}; null for a question
 * @param status text form of the request's status
 * @param code code of the error of a failed request, or null
 * @param startedAt time at which the first attempt began, or null
 */
public record RequestOverview(
        SessionKey session,
        RequestId requestId,
        @Nullable String userId,
        @Nullable String type,
        String status,
        @Nullable String agent,
        @Nullable String route,
        @Nullable String code,
        int attempt,
        @Nullable String processor,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {}
