package io.turnlane.gateway.system.security;

import io.turnlane.gateway.guard.limits.UserLimits;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of the load on the service, for all gateways together; 0 disables a limit. Limits per user apply if
 * authentication is enabled.
 *
 * @param requestsPerMinute maximum number of calls and frames of one user per minute
 * @param catchUpsPerMinute maximum number of streams that one user opens or resumes per minute
 * @param openTurns maximum number of waiting and running turns of one user; commands that change sessions count as
 *     turns
 * @param openBytes maximum number of bytes of one user's open commands, such as imports and forks
 * @param connections maximum number of open streams, sockets and waits of one user
 * @param maxWait maximum expected time that a new turn waits for a slot; if the expected time is longer, questions are
 *     rejected as overloaded
 * @param withoutAuthentication true if the limits per user also apply without authentication, when all callers count as
 *     one user
 */
@Validated
@ConfigurationProperties("turnlane.limits")
record LimitProperties(
        @DefaultValue("600") @Min(0) int requestsPerMinute,
        @DefaultValue("120") @Min(0) int catchUpsPerMinute,
        @DefaultValue("100") @Min(0) int openTurns,
        @DefaultValue("16MB") DataSize openBytes,
        @DefaultValue("100") @Min(0) int connections,
        @DefaultValue("60s") Duration maxWait,
        @DefaultValue("false") boolean withoutAuthentication) {

    /**
     * Returns the limits that an accepted question has passed, for people.
     *
     * @param openInSession maximum number of open turns of one session
     * @param authenticated true if callers are authenticated, so that the limits per user apply
     */
    String passed(int openInSession, BudgetProperties budgets, boolean authenticated) {
        boolean perUser = authenticated || withoutAuthentication;
        List<String> passed = new ArrayList<>(List.of(openInSession + " open turns of the session"));
        if (perUser && openTurns > 0) {
            passed.add(openTurns + " open turns of the user");
        }
        if (perUser && requestsPerMinute > 0) {
            passed.add(requestsPerMinute + " calls a minute of the user");
        }
        if (maxWait.isPositive()) {
            passed.add("expected wait of " + maxWait.toSeconds() + " s");
        }
        if (budgets.limitsUsage()) {
            passed.add("budgets");
        }
        return String.join(", ", passed);
    }

    UserLimits rules() {
        return new UserLimits(requestsPerMinute, catchUpsPerMinute, openTurns, connections, withoutAuthentication);
    }
}
