package io.turnlane.gateway.guard.caller;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Caller of the gateway. Only {@link #sessionKey} converts the session ids of clients to session keys. It uses the
 * namespace of the caller, so no caller reaches the sessions of another user.
 *
 * @param userId id of the user; null without authentication
 * @param keyId id of the API key that authenticated the caller; null otherwise
 * @param claims claims of the caller's token that are short texts, by name; empty without a token
 * @param expiresAt time at which the credentials expire; null if they do not expire
 */
public record Caller(
        @Nullable String userId,
        Set<Scope> scopes,
        @Nullable String keyId,
        @Nullable Instant expiresAt,
        Map<String, String> claims) {

    /** Caller without authentication, who has all scopes. */
    public static final Caller UNAUTHENTICATED = new Caller(null);

    public Caller {
        scopes = Set.copyOf(scopes);
        claims = Map.copyOf(claims);
    }

    /** Creates a caller with all scopes, for calls that the gateway makes by itself on behalf of a user. */
    public Caller(@Nullable String userId) {
        this(userId, Set.of(Scope.values()), null, null, Map.of());
    }

    /** Returns the namespace of the sessions, keys and limits of this caller. */
    public String namespace() {
        return SessionKey.namespaceOf(userId);
    }

    /** Returns the key of a session in the namespace of this caller. */
    public SessionKey sessionKey(SessionId session) {
        return SessionKey.of(userId, session);
    }

    /**
     * Checks that the caller has this scope.
     *
     * @throws ProblemDetailException with code {@code forbidden} if the caller does not have it
     */
    public void require(Scope scope) {
        if (!scopes.contains(scope)) {
            throw new ProblemDetailException(ErrorCode.FORBIDDEN, "This call requires the scope " + scope.wire() + ".");
        }
    }
}
