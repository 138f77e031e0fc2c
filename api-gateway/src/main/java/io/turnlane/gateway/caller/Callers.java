package io.turnlane.gateway.caller;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls.
 *
 * @param authenticated whether callers are told apart; where they are, nobody unknown passes here either, whatever a
 *     filter let through
 */
public record Callers(boolean authenticated) {

    /** @throws ProblemDetailException where the caller should be known and isn't */
    public Caller callerOf(@Nullable Principal principal) {
        if (principal instanceof CallerPrincipal known) {
            return known.caller();
        }
        if (authenticated) {
            throw new ProblemDetailException(ErrorCode.UNAUTHORIZED, "say who you are");
        }
        return Caller.UNAUTHENTICATED;
    }
}
