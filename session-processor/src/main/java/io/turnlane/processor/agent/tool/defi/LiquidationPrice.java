package io.turnlane.processor.agent.tool.defi;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import io.turnlane.processor.agent.tool.ToolMethods;
import org.jspecify.annotations.Nullable;

/**
 * Calculates the price of the collateral at which a loan with one kind of collateral is liquidated.
 *
 * <p>For the collateral {@code c}, its price {@code p}, the debt {@code d} and the liquidation threshold {@code t}, the
 * health factor is {@code c·p·t / d}. The loan can be liquidated below a health factor of 1, so the liquidation price
 * is {@code d / (c·t)}. Interest, which increases the debt, is not taken into account.
 *
 * <p>Source: Aave's help, <a href="https://aave.com/help/borrowing/liquidations">Liquidations</a>, read in November
 * 2026. Its example of a health factor is a test of this class.
 */
final class LiquidationPrice implements ToolMethods {

    private static final double MAX = 1e15;

    @Tool(
            name = DefiTools.LIQUIDATION_PRICE,
            value = "Calculates the price of the collateral at which a loan is liquidated, and the health factor.")
    public String calculate(
            @P(name = "collateral", description = "amount of the collateral, in units of its token") double collateral,
            @P(name = "debt", description = "amount of the debt, in the currency of the price") double debt,
            @P(name = "threshold_percent", description = "liquidation threshold of the collateral, in percent")
                    double thresholdPercent,
            @P(name = "price", description = "current price of one unit of the collateral", required = false) @Nullable
                    Double price) {
        Figures.check("collateral", collateral, 0, MAX);
        Figures.check("debt", debt, 0, MAX);
        Figures.check("threshold_percent", thresholdPercent, 0, 100);
        double threshold = thresholdPercent / 100;
        double liquidation = debt / (collateral * threshold);
        String text =
                "The loan is liquidated if the price of the collateral falls below **%s**: a debt of %s, divided by "
                                .formatted(Figures.amount(liquidation), Figures.amount(debt))
                        + "%s of collateral and the liquidation threshold of %s."
                                .formatted(Figures.amount(collateral), Figures.percent(thresholdPercent));
        if (price == null) {
            return text;
        }
        Figures.check("price", price, 0, MAX);
        double health = collateral * price * threshold / debt;
        String state = health < 1
                ? "The loan can already be liquidated."
                : "The price may fall by %s until then.".formatted(Figures.percent(100 * (1 - liquidation / price)));
        return text
                + "\n\nAt the price of %s, the health factor is %s. %s"
                        .formatted(Figures.amount(price), Figures.amount(health), state);
    }
}
