package io.turnlane.gateway.guard.caller;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** Determines the caller of a request. */
public record Callers(boolean authenticated) {

    /**
     * Returns the caller for the principal of a request.
     *
     * @throws ProblemDetailException with code {@code unauthorized} if authentication is enabled but the principal is
     *     not an authenticated caller
     */
    public Caller callerOf(@Nullable Principal principal) {
        if (principal instanceof CallerPrincipal known) {
            return known.caller();
        }
        if (authenticated) {
            throw new ProblemDetailException(ErrorCode.UNAUTHORIZED, "This call requires authentication.");
        }
        return Caller.UNAUTHENTICATED;
    }
}
