package io.turnlane.gateway.system;

import io.turnlane.gateway.limits.UserLimits;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much may be asked of the service, through all gateways together; 0 means without limit. What bounds one user
 * holds where callers are told apart.
 *
 * @param requestsPerMinute calls and frames of one user a minute
 * @param catchUpsPerMinute streams that one user may open or resume a minute
 * @param openTurns turns of one user that may wait or run
 * @param connections streams, sockets and waits that one user may have open
 * @param maxWait longest time that a new turn may be expected to wait for a place to run; while it would be longer,
 *     questions are refused as overloaded
 * @param withoutAuthentication whether these hold too where callers aren't told apart, as for one user
 */
@Validated
@ConfigurationProperties("turnlane.limits")
record LimitProperties(
        @DefaultValue("600") @Min(0) int requestsPerMinute,
        @DefaultValue("120") @Min(0) int catchUpsPerMinute,
        @DefaultValue("100") @Min(0) int openTurns,
        @DefaultValue("100") @Min(0) int connections,
        @DefaultValue("60s") Duration maxWait,
        @DefaultValue("false") boolean withoutAuthentication) {

    UserLimits rules() {
        return new UserLimits(requestsPerMinute, catchUpsPerMinute, openTurns, connections, withoutAuthentication);
    }
}
