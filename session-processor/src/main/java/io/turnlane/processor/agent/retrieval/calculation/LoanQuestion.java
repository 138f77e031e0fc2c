package io.turnlane.processor.agent.retrieval.calculation;

import static io.turnlane.processor.agent.retrieval.calculation.Numbers.NUMBER;
import static io.turnlane.processor.agent.retrieval.calculation.Numbers.PERCENT;
import static io.turnlane.processor.agent.retrieval.calculation.Numbers.TOKEN;
import static io.turnlane.processor.agent.retrieval.calculation.Numbers.pattern;

import io.turnlane.processor.agent.tool.defi.DefiTools;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Question for the liquidation price of a loan in dollars or euros against one other token, such as "what is my
 * liquidation price if I borrow 1,000 USDC against 1 ETH with a threshold of 82.5 %?". The current price is optional.
 */
final class LoanQuestion {

    private static final Pattern TOPIC = pattern("\\bliquidat");

    private static final String MONEY = "(?:usd\\w?|usdbc|pyusd|dai|gho|lusd|frax|dollars?|bucks|eur[a-z]?|euros?)\\b";

    /** A second amount of the same kind follows, which the tool does not know. */
    private static final String NOT_MORE = "(?!\\s?(?:and|plus|\\+|&)\\s?[$€]?\\d)";

    private static final Pattern DEBT =
            pattern("\\b(?:borrow(?:ed|ing)?|debt (?:of|is)|loan (?:of|is)|owe)\\s(?:[$€]\\s?" + NUMBER + "(?:\\s"
                    + MONEY + ")?|" + NUMBER + "\\s?" + MONEY + ")" + NOT_MORE);

    private static final String UNITS = NUMBER + "\\s?(?!" + MONEY + ")" + TOKEN + NOT_MORE;

    private static final Pattern COLLATERAL = pattern("\\b(?:against|collateral (?:of|is)|deposit(?:ed|ing)?"
            + "|suppl(?:y|ied|ying))\\s" + UNITS + "(?!\\s(?:of|worth)\\b)");

    private static final Pattern AS_COLLATERAL = pattern(UNITS + "\\s(?:as\\s|of\\s|in\\s)?collateral\\b");

    private static final Pattern THRESHOLD =
            pattern("\\b(?:threshold|lltv|liquidation ltv)\\s?(?:of|is|at|=|:)?\\s?" + PERCENT);

    private static final Pattern THRESHOLD_AFTER = pattern(PERCENT + "\\s(?:liquidation\\s)?(?:threshold|lltv)\\b");

    private static final Pattern PRICE = pattern(
            "\\b(?:at|price (?:of|is)|trad(?:es|ing) at|worth|costs?)\\s[$€]?\\s?" + NUMBER + "(?!\\s?(?:%|per))");

    private LoanQuestion() {}

    static Optional<Calculation> read(String question) {
        if (!TOPIC.matcher(question).find()) {
            return Optional.empty();
        }
        Map<String, Double> arguments = new HashMap<>();
        DEBT.matcher(question)
                .results()
                .map(match -> Numbers.value(match.group(1) == null ? match.group(2) : match.group(1)))
                .findFirst()
                .ifPresent(debt -> arguments.put("debt", debt));
        Numbers.only(COLLATERAL, question)
                .or(() -> Numbers.only(AS_COLLATERAL, question))
                .ifPresent(collateral -> arguments.put("collateral", collateral));
        Numbers.only(THRESHOLD, question)
                .or(() -> Numbers.only(THRESHOLD_AFTER, question))
                .ifPresent(threshold -> arguments.put("threshold_percent", threshold));
        boolean isComplete = arguments.size() == 3;
        Numbers.only(PRICE, question).ifPresent(price -> arguments.put("price", price));
        return isComplete ? Optional.of(new Calculation(DefiTools.LIQUIDATION_PRICE, arguments)) : Optional.empty();
    }
}
