package io.turnlane.gateway.caller;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls. Every session id that a client sends is looked up through this, and nowhere else, so that it always lies
 * in the caller's own namespace.
 *
 * @param userId null without authentication
 * @param scopes what the caller may do
 * @param keyId the API key that let it in; null where none did
 * @param expiresAt when what let it in expires; null where it doesn't
 */
public record Caller(
        @Nullable String userId,
        Set<Scope> scopes,
        @Nullable String keyId,
        @Nullable Instant expiresAt) {

    /** Nobody in particular, who may do everything. */
    public static final Caller UNAUTHENTICATED = new Caller(null);

    public Caller {
        scopes = Set.copyOf(scopes);
    }

    /** Somebody on whose behalf the gateway itself acts. */
    public Caller(@Nullable String userId) {
        this(userId, Set.of(Scope.values()), null, null);
    }

    /** Under which all that is this caller's lies. */
    public String namespace() {
        return SessionKey.namespaceOf(userId);
    }

    public SessionKey sessionKey(SessionId session) {
        return SessionKey.of(userId, session);
    }

    /** @throws ProblemDetailException where the caller may not do this */
    public void require(Scope scope) {
        if (!scopes.contains(scope)) {
            throw new ProblemDetailException(ErrorCode.FORBIDDEN, "this needs the scope " + scope.wire());
        }
    }
}
