package io.turnlane.store.limit;

import io.turnlane.model.Usage;

/**
 * Maximum usage. When it is reached, gateways accept no further questions.
 *
 * @param tokens tokens in and out; 0 for no limit
 * @param cost cost in the currency of the processors; 0 for no limit
 */
public record UsageBudget(long tokens, double cost) {

    public static final UsageBudget NONE = new UsageBudget(0, 0);

    public boolean isLimited() {
        return tokens > 0 || cost > 0;
    }

    public boolean isReachedBy(Usage usage) {
        return (tokens > 0 && usage.tokens() >= tokens) || (cost > 0 && usage.costInBillionths() >= costInBillionths());
    }

    /** Returns the cost in the unit in which scripts count. */
    public long costInBillionths() {
        return new Usage(0, 0, 0, cost, "-").costInBillionths();
    }
}
