package io.turnlane.model.agent;

import io.turnlane.model.Usage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Price of a model's tokens, in the currency of the processors.
 *
 * @param input price of a million tokens that the model receives
 * @param output price of a million tokens that the model sends
 */
public record Price(double input, double output) {

    private static final double TOKENS = 1e6;
    private static final double MAX = 1_000_000;

    /** Returns the price in a definition, or null if it has none. */
    static @Nullable Price read(DefinitionFields definition) throws InvalidFieldException {
        DefinitionFields fields = definition.object("price");
        if (!definition.has("price")) {
            return null;
        }
        Price price = new Price(fields.number("input", 0, 0, MAX), fields.number("output", 0, 0, MAX));
        fields.checkAllRead();
        return price;
    }

    /** Returns the usage with its cost. */
    public Usage of(Usage usage, String currency) {
        double cost = (usage.inputTokens() * input + usage.outputTokens() * output) / TOKENS;
        return new Usage(usage.modelCalls(), usage.inputTokens(), usage.outputTokens(), cost, currency);
    }

    Map<String, Object> fields() {
        return Map.of("input", input, "output", output);
    }
}
