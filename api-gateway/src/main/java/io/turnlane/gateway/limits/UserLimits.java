package io.turnlane.gateway.limits;

import io.turnlane.gateway.caller.Caller;

/**
 * What one user may ask for; 0 is without limit.
 *
 * @param requestsPerMinute calls and frames
 * @param catchUpsPerMinute streams that are opened or resumed, each of which may have the log read again
 * @param openTurns turns that wait or run
 * @param connections streams, sockets and waits
 * @param withoutAuthentication whether those whom nobody tells apart are bounded too, as if they were one user
 */
public record UserLimits(
        int requestsPerMinute, int catchUpsPerMinute, int openTurns, int connections, boolean withoutAuthentication) {

    /** Whether these hold for this caller. */
    boolean appliesTo(Caller caller) {
        return withoutAuthentication || caller.userId() != null;
    }
}
