package io.turnlane.gateway.caller;

import io.turnlane.gateway.problem.Refusal;
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

    /** @throws Refusal where the caller should be known and isn't */
    public Caller of(@Nullable Principal principal) {
        if (principal instanceof KnownCaller known) {
            return known.caller();
        }
        if (authenticated) {
            throw new Refusal(ErrorCode.UNAUTHORIZED, "say who you are");
        }
        return Caller.ANYBODY;
    }
}
