package io.turnlane.gateway.guard.limits;

import io.turnlane.gateway.guard.caller.Caller;

/**
 * Limits of one user; 0 disables a limit.
 *
 * @param requestsPerMinute calls and frames per minute
 * @param catchUpsPerMinute opened or resumed streams per minute, each of which may require a catch-up
 * @param connections open streams, sockets and waits
 * @param withoutAuthentication true if the limits also apply if authentication is disabled; all callers then count as
 *     one user
 */
public record UserLimits(
        int requestsPerMinute, int catchUpsPerMinute, int openTurns, int connections, boolean withoutAuthentication) {

    boolean appliesTo(Caller caller) {
        return withoutAuthentication || caller.userId() != null;
    }
}
