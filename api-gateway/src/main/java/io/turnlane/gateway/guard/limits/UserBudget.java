package io.turnlane.gateway.guard.limits;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Usage;
import io.turnlane.store.limit.RedisUserUsage;
import io.turnlane.store.limit.UsageBudget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * UsageBudget of each user for the usage of models on one day. Days are in UTC. The usage of a turn counts when the
 * turn or an attempt of it ends, so turns that are open at the same time can exceed the budget.
 *
 * @param daily budget of each user
 */
public record UserBudget(UserLimits rules, UsageBudget daily, RedisUserUsage usage, InstantSource clock) {

    /** Returns the budget that applies to a caller; {@link UsageBudget#NONE} if there is no limit. */
    public UsageBudget of(Caller caller) {
        return rules.appliesTo(caller) ? daily : UsageBudget.NONE;
    }

    /** Returns what the caller has used today. */
    public Usage usedToday(Caller caller) {
        return usage.of(caller.namespace(), today());
    }

    boolean isSpent(Caller caller) {
        UsageBudget budget = of(caller);
        return budget.isLimited() && budget.isReachedBy(usedToday(caller));
    }

    /** Returns the time at which the usage of a new day begins. */
    public Instant renewedAt() {
        return today().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    ProblemDetailException exhausted() {
        Instant renewal = renewedAt();
        return ProblemDetailException.retryLater(
                ErrorCode.BUDGET_EXHAUSTED,
                "You have used your budget for today. It is renewed at " + renewal + ". Ask again after that.",
                Duration.between(clock.instant(), renewal));
    }
}
