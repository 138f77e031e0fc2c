package io.turnlane.processor.agent.retrieval.calculation;

import static io.turnlane.processor.agent.retrieval.calculation.Numbers.NUMBER;
import static io.turnlane.processor.agent.retrieval.calculation.Numbers.PERCENT;
import static io.turnlane.processor.agent.retrieval.calculation.Numbers.pattern;

import io.turnlane.processor.agent.tool.defi.DefiTools;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Question for the impermanent loss of one price change, such as "how much impermanent loss if ETH doubles?". */
final class PriceChangeQuestion {

    private static final Pattern TOPIC = pattern("\\b(?:impermanent|divergence) loss|(?-i:\\bIL\\b)");

    private static final String RISES = "(?:up|ris(?:e|es|ing)|rose|increas\\w*|gain\\w*|grows?|climbs?|jumps?|pumps?)";
    private static final String FALLS =
            "(?:down|falls?|falling|fell|drop\\w*|decreas\\w*|declin\\w*|los(?:e|es|ing)|crash\\w*|dumps?|plunges?)";

    private static final Map<Pattern, ToDoubleFunction<MatchResult>> CHANGES = Map.of(
            pattern("\\bdoubl(?:e|es|ed|ing)\\b"), _ -> 100,
            pattern("\\btripl(?:e|es|ed|ing)\\b"), _ -> 200,
            pattern("\\bquadrupl(?:e|es|ed|ing)\\b"), _ -> 300,
            pattern("\\bhalv(?:e|es|ed|ing)\\b|\\b(?:by|in) half\\b"), _ -> -50,
            pattern(RISES + "\\s(?:by\\s)?" + PERCENT + "|\\+" + PERCENT), change -> number(change),
            pattern(FALLS + "\\s(?:by\\s)?" + PERCENT + "|[-−]" + PERCENT), change -> -number(change),
            pattern(PERCENT + "\\s(?:price\\s)?(?:rise|increase|gain|jump)"), change -> number(change),
            pattern(PERCENT + "\\s(?:price\\s)?(?:drop|fall|decrease|decline|crash)"), change -> -number(change),
            pattern("(?<![\\w.,])(\\d+(?:\\.\\d+)?)\\s?(?:x|×|times|-fold)(?!\\w)"),
                    change -> 100 * (number(change) - 1),
            pattern("\\bfrom\\s[$€]?" + NUMBER + "\\D{0,12}?\\sto\\s[$€]?" + NUMBER),
                    change -> 100 * (Numbers.value(change.group(2)) / number(change) - 1));

    private PriceChangeQuestion() {}

    /** Returns the calculation, or empty if the question has no price change, or several different ones. */
    static Optional<Calculation> read(String question) {
        if (!TOPIC.matcher(question).find()) {
            return Optional.empty();
        }
        var changes = CHANGES.entrySet().stream()
                .flatMap(change -> changes(question, change.getKey(), change.getValue()))
                .distinct()
                .toList();
        return changes.size() == 1
                ? Optional.of(
                        new Calculation(DefiTools.IMPERMANENT_LOSS, Map.of("price_change_percent", changes.getFirst())))
                : Optional.empty();
    }

    private static Stream<Double> changes(String question, Pattern pattern, ToDoubleFunction<MatchResult> percent) {
        return pattern.matcher(question).results().map(percent::applyAsDouble);
    }

    /** Returns the number in the first group that took part in the match. */
    private static double number(MatchResult match) {
        String first = match.group(1);
        return Numbers.value(first == null ? match.group(2) : first);
    }
}
