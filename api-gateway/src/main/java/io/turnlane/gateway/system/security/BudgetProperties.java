package io.turnlane.gateway.system.security;

import io.turnlane.store.limit.UsageBudget;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Budgets for the usage of models; 0 disables a budget. Costs are in the currency of the processors. Budgets of users
 * apply if authentication is enabled.
 *
 * @param userTokens maximum number of tokens of one user on one day (UTC), over all sessions
 * @param userCost maximum cost of one user on one day (UTC), over all sessions
 * @param sessionTokens maximum number of tokens of one session
 * @param sessionCost maximum cost of one session
 */
@Validated
@ConfigurationProperties("turnlane.budgets")
record BudgetProperties(
        @DefaultValue("0") @Min(0) @Max(MAX) long userTokens,
        @DefaultValue("0") @Min(0) @Max(1_000_000) double userCost,
        @DefaultValue("0") @Min(0) @Max(MAX) long sessionTokens,
        @DefaultValue("0") @Min(0) @Max(1_000_000) double sessionCost) {

    private static final long MAX = 1_000_000_000_000L;

    boolean limitsUsage() {
        return userTokens > 0 || userCost > 0 || sessionTokens > 0 || sessionCost > 0;
    }

    UsageBudget ofUser() {
        return new UsageBudget(userTokens, userCost);
    }

    UsageBudget ofSession() {
        return new UsageBudget(sessionTokens, sessionCost);
    }
}
