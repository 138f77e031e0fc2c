package io.turnlane.processor.agent.tool.defi;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import io.turnlane.processor.agent.tool.ToolMethods;
import io.turnlane.processor.agent.tool.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Calculates the impermanent loss in a pool of two tokens of equal value that keeps the product of its reserves
 * constant, as Uniswap version 2 does.
 *
 * <p>If the price of one token, in units of the other, becomes {@code r} times the price at the deposit, a deposit of
 * value 1 has the value {@code √r} in the pool, and {@code (1 + r) / 2} outside of it. The loss is {@code 1 − 2√r / (1
 * + r)}. Fees, which the pool earns, are not taken into account.
 *
 * <p>Sources, read in November 2026:
 *
 * <ul>
 *   <li>Uniswap's documentation of version 2, <a
 *       href="https://docs.uniswap.org/contracts/v2/concepts/advanced-topics/understanding-returns">Understanding
 *       Returns</a>, whose example is a test of this class
 *   <li>Pintail, <a href="https://pintail.medium.com/uniswap-a-good-deal-for-liquidity-providers-104c0b6816f2">Uniswap:
 *       A Good Deal for Liquidity Providers?</a> (2019), which the documentation refers to for the formula
 *   <li>Aigner, Dhaliwal, <a href="https://arxiv.org/abs/2106.14404">UNISWAP: Impermanent Loss and Risk Profile of a
 *       Liquidity Provider</a> (2021)
 * </ul>
 */
final class ImpermanentLoss implements ToolMethods {

    private static final double MIN_CHANGE = -100;
    private static final double MAX_CHANGE = 1_000_000;
    private static final double[] USUAL_CHANGES = {-75, -50, -25, 25, 50, 100, 200, 400};

    /** Range of the chart in percent, unless the price changes by more. The distance of its points is then 5. */
    private static final double FIRST = -95;

    private static final double LAST = 400;
    private static final int POINTS = 99;

    private record PriceChange(double percent) {

        double ratio() {
            return 1 + percent / 100;
        }

        /** Returns the value outside of the pool of a deposit of 100. */
        double held() {
            return 100 * (1 + ratio()) / 2;
        }

        /** Returns the value in the pool of a deposit of 100. */
        double pooled() {
            return 100 * Math.sqrt(ratio());
        }

        double lossPercent() {
            return 100 * (1 - pooled() / held());
        }
    }

    @Tool(
            name = DefiTools.IMPERMANENT_LOSS,
            value =
                    "Calculates the impermanent loss in a 50/50 constant-product pool if the price of one token changes.")
    public ToolResult calculate(
            @P(
                            name = "price_change_percent",
                            description = "change of the price in percent: 100 if it doubles, -50 if it halves")
                    double priceChangePercent) {
        Figures.check("price_change_percent", priceChangePercent, MIN_CHANGE, MAX_CHANGE);
        PriceChange change = new PriceChange(priceChangePercent);
        return new ToolResult(text(change), List.of(table(change), chart(change)));
    }

    private static String text(PriceChange change) {
        return """
                The impermanent loss is **%s** if the price of one token %s %s against the other.

                A deposit of 100 would be worth %s outside of the pool, and is worth %s in the pool, without the fees that \
                the pool earns. This holds for a pool of two tokens of equal value that keeps the product of its reserves \
                constant, as Uniswap version 2 does.""".formatted(
                        Figures.percent(change.lossPercent()),
                        change.percent() < 0 ? "falls by" : "rises by",
                        Figures.percent(Math.abs(change.percent())),
                        Figures.amount(change.held()),
                        Figures.amount(change.pooled()));
    }

    private static Map<String, Object> table(PriceChange asked) {
        List<List<Double>> rows = DoubleStream.concat(DoubleStream.of(asked.percent()), DoubleStream.of(USUAL_CHANGES))
                .sorted()
                .distinct()
                .mapToObj(PriceChange::new)
                .map(change -> List.of(
                        Figures.rounded(change.percent()),
                        Figures.rounded(change.held()),
                        Figures.rounded(change.pooled()),
                        Figures.rounded(change.lossPercent())))
                .toList();
        return Map.of(
                "type",
                "table",
                "title",
                "Value of a deposit of 100",
                "columns",
                List.of(
                        column("Price change", "%"),
                        column("Outside of the pool", ""),
                        column("In the pool", ""),
                        column("Impermanent loss", "%")),
                "rows",
                rows);
    }

    private static Map<String, Object> column(String name, String unit) {
        return unit.isEmpty()
                ? Map.of("name", name, "align", "right")
                : Map.of("name", name, "unit", unit, "align", "right");
    }

    private static Map<String, Object> chart(PriceChange asked) {
        double first = Math.min(FIRST, asked.percent());
        double last = Math.max(LAST, asked.percent());
        List<Map<String, Object>> curve = IntStream.rangeClosed(0, POINTS)
                .mapToObj(i -> new PriceChange(first + (last - first) * i / POINTS))
                .map(ImpermanentLoss::point)
                .toList();
        Map<String, Object> encoding = Map.of(
                "x", axis("price_change", "Price change in %"),
                "y", axis("loss", "Impermanent loss in %"));
        return Map.of(
                "type",
                "chart",
                "title",
                "Impermanent loss by price change",
                "alt",
                "Curve of the impermanent loss, which is 0 without a price change and grows in both directions. "
                        + "At a change of %s, the loss is %s."
                                .formatted(Figures.percent(asked.percent()), Figures.percent(asked.lossPercent())),
                "spec",
                Map.of(
                        "$schema",
                        "https://vega.github.io/schema/vega-lite/v6.json",
                        "layer",
                        List.of(
                                layer(curve, Map.of("type", "line"), encoding),
                                layer(
                                        List.of(point(asked)),
                                        Map.of("type", "point", "filled", true, "size", 80),
                                        encoding))));
    }

    private static Map<String, Object> point(PriceChange change) {
        return Map.of("price_change", Figures.rounded(change.percent()), "loss", Figures.rounded(change.lossPercent()));
    }

    private static Map<String, Object> axis(String field, String title) {
        return Map.of("field", field, "type", "quantitative", "title", title);
    }

    private static Map<String, Object> layer(
            List<Map<String, Object>> values, Map<String, Object> mark, Map<String, Object> encoding) {
        return Map.of("data", Map.of("values", values), "mark", mark, "encoding", encoding);
    }
}
