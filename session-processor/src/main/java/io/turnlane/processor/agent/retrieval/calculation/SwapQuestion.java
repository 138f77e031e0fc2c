package io.turnlane.processor.agent.retrieval.calculation;

import static io.turnlane.processor.agent.retrieval.calculation.Numbers.NUMBER;
import static io.turnlane.processor.agent.retrieval.calculation.Numbers.PERCENT;
import static io.turnlane.processor.agent.retrieval.calculation.Numbers.TOKEN;
import static io.turnlane.processor.agent.retrieval.calculation.Numbers.pattern;

import io.turnlane.processor.agent.tool.defi.DefiTools;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Question for the result of a swap in a pool, such as "swap 10 ETH in a pool of 1,000 ETH and 2,500,000 USDC". The fee
 * is optional.
 */
final class SwapQuestion {

    private static final Pattern TOPIC = pattern("\\b(?:pool|reserves?|liquidity)\\b");

    private static final Pattern INPUT = pattern(
            "\\b(?:swap|swaps|swapping|sell|selling|trade|trading|exchange|exchanging)\\s" + NUMBER + "\\s?" + TOKEN);

    private static final Pattern RESERVES =
            pattern(NUMBER + "\\s?" + TOKEN + "\\s?(?:and|plus|against|vs\\.?|/|,|:|&)\\s?" + NUMBER + "\\s?" + TOKEN);

    private static final Pattern FEE = pattern("\\bfee\\s?(?:of|is|tier of|=|:)?\\s?" + PERCENT);
    private static final Pattern FEE_AFTER = pattern(PERCENT + "\\s(?:swap\\s|pool\\s)?fees?\\b");
    private static final Pattern NO_FEE = pattern("\\b(?:no|without|zero)\\s(?:a\\s)?fees?\\b");

    private SwapQuestion() {}

    static Optional<Calculation> read(String question) {
        List<MatchResult> inputs = INPUT.matcher(question).results().toList();
        List<MatchResult> pools = RESERVES.matcher(question).results().toList();
        if (!TOPIC.matcher(question).find() || inputs.size() != 1 || pools.size() != 1) {
            return Optional.empty();
        }
        MatchResult input = inputs.getFirst();
        MatchResult pool = pools.getFirst();
        boolean isFirst = input.group(2).equalsIgnoreCase(pool.group(2));
        boolean isSecond = input.group(2).equalsIgnoreCase(pool.group(4));
        if (isFirst == isSecond) {
            return Optional.empty();
        }
        Map<String, Double> arguments = new HashMap<>();
        arguments.put("amount_in", Numbers.value(input.group(1)));
        arguments.put("reserve_in", Numbers.value(pool.group(isFirst ? 1 : 3)));
        arguments.put("reserve_out", Numbers.value(pool.group(isFirst ? 3 : 1)));
        fee(question).ifPresent(fee -> arguments.put("fee_percent", fee));
        return Optional.of(new Calculation(DefiTools.SWAP_QUOTE, arguments));
    }

    private static Optional<Double> fee(String question) {
        return NO_FEE.matcher(question).find()
                ? Optional.of(0.0)
                : Numbers.only(FEE, question).or(() -> Numbers.only(FEE_AFTER, question));
    }
}
