package io.turnlane.gateway.caller;

import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import org.jspecify.annotations.Nullable;

/**
 * Who calls. Every session id that a client sends is looked up through this, and nowhere else, so that it always lies
 * in the caller's own namespace.
 *
 * @param userId null without authentication
 */
public record Caller(@Nullable String userId) {

    /** Nobody in particular. */
    public static final Caller ANYBODY = new Caller(null);

    public SessionKey key(SessionId session) {
        return SessionKey.of(userId, session);
    }
}
