package io.turnlane.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Usage of models: number of calls and of tokens, and their cost. Calls that failed count as calls.
 *
 * @param cost cost in the currency, exact to a billionth; null if no price is configured
 * @param currency currency of the cost, such as {@code USD}; null if there is no cost
 */
public record Usage(
        int modelCalls,
        long inputTokens,
        long outputTokens,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double cost,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String currency) {

    public static final Usage NONE = new Usage(0, 0, 0);

    private static final double BILLIONTHS = 1e9;

    public Usage {
        var _ = ValueRanges.checkCount("model_calls", modelCalls);
        var _ = ValueRanges.checkCount("input_tokens", inputTokens);
        var _ = ValueRanges.checkCount("output_tokens", outputTokens);
        if (cost != null && !(cost >= 0 && cost <= ValueRanges.MOST)) {
            throw new IllegalArgumentException("cost must be from 0 to " + ValueRanges.MOST);
        }
        if ((cost == null) != (currency == null)) {
            throw new IllegalArgumentException("a cost must have a currency");
        }
    }

    /** Creates a usage without a cost. */
    public Usage(int modelCalls, long inputTokens, long outputTokens) {
        this(modelCalls, inputTokens, outputTokens, null, null);
    }

    /** Returns the cost in billionths of the currency; 0 if it is unknown. */
    public long costInBillionths() {
        return cost == null ? 0 : Math.round(cost * BILLIONTHS);
    }

    /** Returns the cost that {@link #costInBillionths} expresses. */
    public static double costOf(long billionths) {
        return billionths / BILLIONTHS;
    }

    public long tokens() {
        return inputTokens + outputTokens;
    }

    /** Returns this usage without another one that it contains. */
    public Usage minus(Usage contained) {
        if (equals(contained)) {
            return NONE;
        }
        return new Usage(
                Math.max(0, modelCalls - contained.modelCalls),
                Math.max(0, inputTokens - contained.inputTokens),
                Math.max(0, outputTokens - contained.outputTokens),
                cost == null ? null : (Double) costOf(Math.max(0, costInBillionths() - contained.costInBillionths())),
                currency);
    }

    /** Returns the usage of both. If their currencies differ, the cost has the currency of the other usage. */
    public Usage plus(Usage other) {
        boolean sameCurrency = currency == null || other.currency == null || currency.equals(other.currency);
        String sum = other.currency == null ? currency : other.currency;
        long billionths = (sameCurrency ? costInBillionths() : 0) + other.costInBillionths();
        return new Usage(
                (int) Math.min(Integer.MAX_VALUE, (long) modelCalls + other.modelCalls),
                Math.min(ValueRanges.MOST, inputTokens + other.inputTokens),
                Math.min(ValueRanges.MOST, outputTokens + other.outputTokens),
                sum == null ? null : (Double) costOf(billionths),
                sum);
    }
}
