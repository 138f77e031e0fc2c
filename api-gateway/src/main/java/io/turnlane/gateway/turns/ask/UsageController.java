package io.turnlane.gateway.turns.ask;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.limits.UserBudget;
import io.turnlane.model.Usage;
import io.turnlane.store.limit.UsageBudget;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Endpoint for the usage of models by the caller today, and the caller's budget. */
@Tag(name = "sessions")
@RestController
record UsageController(UserBudget budgets) {

    /**
     * Usage of a user on the current day (UTC).
     *
     * @param budget budget of the user for a day; absent if usage is not limited
     * @param renewedAt time at which the next day begins, and with it a new budget
     */
    record UsageResource(
            Usage usage,

            @Schema(description = "UsageBudget for a day; absent if usage is not limited")
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @Nullable
            BudgetResource budget,

            Instant renewedAt) {}

    /**
     * UsageBudget for a day.
     *
     * @param tokens tokens in and out; null if they are not limited
     * @param cost cost in the currency of the usage; null if it is not limited
     */
    record BudgetResource(@Nullable Long tokens, @Nullable Double cost) {}

    @Operation(
            operationId = "getUsage",
            summary = "Get the caller's usage of models today",
            description = "A day begins at 00:00 UTC. The usage of a turn counts when an attempt of it ends.")
    @GetMapping("/v1/usage")
    ResponseEntity<UsageResource> usage(Caller caller) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(new UsageResource(budgets.usedToday(caller), of(budgets.of(caller)), budgets.renewedAt()));
    }

    private static @Nullable BudgetResource of(UsageBudget budget) {
        return budget.isLimited()
                ? new BudgetResource(
                        budget.tokens() > 0 ? (Long) budget.tokens() : null,
                        budget.cost() > 0 ? (Double) budget.cost() : null)
                : null;
    }
}
