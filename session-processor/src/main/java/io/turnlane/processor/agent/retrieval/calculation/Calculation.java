package io.turnlane.processor.agent.retrieval.calculation;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Call of a tool that answers a question.
 *
 * @param arguments arguments of the tool by their names
 */
record Calculation(String tool, Map<String, Double> arguments) {

    /** Maximum length of a question. The time that the patterns need grows faster than the length of the text. */
    private static final int MAX_CHARACTERS = 500;

    /** Words about pools for which the formulas of the tools do not hold. */
    private static final Pattern OTHER_POOL =
            Numbers.pattern("concentrated|\\bv[34]\\b|version [34]|weighted|\\b(?!50)\\d\\d\\s?/\\s?\\d\\d\\b|balancer"
                    + "|\\bcurve\\b|stableswap|single[- ]sided|leverag|\\bboth\\b");

    /**
     * Returns the call that answers this question, or empty if the question does not contain all arguments of a tool.
     */
    static Optional<Calculation> of(String question) {
        return question.length() > MAX_CHARACTERS
                        || OTHER_POOL.matcher(question).find()
                ? Optional.empty()
                : PriceChangeQuestion.read(question)
                        .or(() -> LoanQuestion.read(question))
                        .or(() -> SwapQuestion.read(question));
    }
}
