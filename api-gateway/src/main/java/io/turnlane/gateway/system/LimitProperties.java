package io.turnlane.gateway.system;

import io.turnlane.gateway.limits.LimitRules;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much one user may ask of the service, through all gateways together; 0 means without limit. They hold where
 * callers are told apart.
 *
 * @param requestsPerMinute calls and frames of one user a minute
 * @param catchUpsPerMinute streams that one user may open or resume a minute
 * @param openTurns turns of one user that may wait or run
 * @param connections streams, sockets and waits that one user may have open
 * @param withoutAuthentication whether these hold too where callers aren't told apart, as for one user
 */
@Validated
@ConfigurationProperties("turnlane.limits")
record LimitProperties(
        @DefaultValue("600") @Min(0) int requestsPerMinute,
        @DefaultValue("120") @Min(0) int catchUpsPerMinute,
        @DefaultValue("100") @Min(0) int openTurns,
        @DefaultValue("100") @Min(0) int connections,
        @DefaultValue("false") boolean withoutAuthentication) {

    LimitRules rules() {
        return new LimitRules(requestsPerMinute, catchUpsPerMinute, openTurns, connections, withoutAuthentication);
    }
}
