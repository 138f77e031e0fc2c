package io.turnlane.processor.agent.tool.defi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.processor.agent.tool.ToolResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Figures were calculated by hand from the formulas in the Javadoc of the tools, and again in another way: from the
 * reserves of a pool before and after, with exact fractions, and with the integers of Uniswap's {@code getAmountOut}.
 */
class DefiToolsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # 1 − 2·2/5
                    300  | **20 %**   | rises by 300 % | worth 250.00 outside | worth 200.00 in
                    # 1 − 2·½/1.25
                    -75  | **20 %**   | falls by 75 %  | worth 62.50 outside  | worth 50.00 in
                    # 1 − 2·3/10
                    800  | **40 %**   | rises by 800 % | worth 500.00 outside | worth 300.00 in
                    # 1 − 2·1.41421/3
                    100  | **5.72 %** | rises by 100 % | worth 150.00 outside | worth 141.42 in
                    0    | **0 %**    | rises by 0 %   | worth 100.00 outside | worth 100.00 in
                    # the example of Uniswap's documentation: 24,500 instead of 25,000 for a deposit of 20,000
                    50   | **2.02 %** | rises by 50 %  | worth 125.00 outside | worth 122.47 in
                    """)
    void calculatesTheImpermanentLoss(double change, String loss, String rise, String held, String pooled) {
        assertThat(new ImpermanentLoss().calculate(change).text()).contains(loss, rise, held, pooled);
    }

    @Test
    void drawsTheImpermanentLossAsATableAndAChart() {
        ToolResult result = new ImpermanentLoss().calculate(300);
        Map<String, Object> table = result.artifacts().getFirst();
        assertThat(table).containsEntry("type", "table").containsKeys("title", "columns");
        assertThat(rows(table))
                .contains(List.of(300.0, 250.0, 200.0, 20.0), List.of(-75.0, 62.5, 50.0, 20.0))
                .hasSize(9);
        Map<String, Object> chart = result.artifacts().get(1);
        assertThat(chart).containsEntry("type", "chart").containsKey("title");
        assertThat((String) chart.get("alt")).endsWith("At a change of 300 %, the loss is 20 %.");
        assertThat(points(chart, 1)).containsExactly(Map.of("price_change", 300.0, "loss", 20.0));
        // 1 − 2 · √0.05 / 1.05 = 1 − 0.4472 / 1.05
        assertThat(points(chart, 0))
                .startsWith(Map.of("price_change", -95.0, "loss", 57.41))
                .contains(Map.of("price_change", 0.0, "loss", 0.0))
                .endsWith(Map.of("price_change", 400.0, "loss", 25.46))
                .hasSize(100);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> points(Map<String, Object> chart, int layer) {
        Map<String, Object> spec = (Map<String, Object>) chart.get("spec");
        Map<String, Object> one = ((List<Map<String, Object>>) spec.get("layer")).get(layer);
        return ((Map<String, List<Map<String, Object>>>) one.get("data")).get("values");
    }

    @SuppressWarnings("unchecked")
    private static List<List<Double>> rows(Map<String, Object> table) {
        return (List<List<Double>>) table.get("rows");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-100, -1000, 1_000_001, Double.NaN, Double.POSITIVE_INFINITY})
    void rejectsAPriceChangeOutOfRange(double change) {
        assertThatThrownBy(() -> new ImpermanentLoss().calculate(change))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("price_change_percent must be greater than -100 and at most 1,000,000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # 24,925,000 / 1009.97
                    10   | 1000 | 2500000 |     | **24,678.95** | 0.3 %: 2,467.90 | fee: 0.99 %
                    # 25,000,000 / 1010
                    10   | 1000 | 2500000 | 0   | **24,752.48** | 0 %: 2,475.25   | fee: 0.99 %
                    # 2,000,000 / 2000
                    1000 | 1000 | 2000    | 0   | **1,000.00**  | 0 %: 1.00       | fee: 50 %
                    # 100 / 100
                    1    | 99.5 | 200     | 50  | **1.00**      | 50 %: 1.00      | fee: 0.5 %
                    """)
    void quotesASwap(
            double in, double reserveIn, double reserveOut, Double fee, String out, String price, String impact) {
        assertThat(new SwapQuote().quote(in, reserveIn, reserveOut, fee)).contains(out, price, impact);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1, 0.3", "1, -1, 1, 0.3", "1, 1, 1e16, 0.3", "1, 1, 1, 100", "1, 1, 1, -1", "1, 1, 1, NaN"})
    void rejectsASwapOutOfRange(double in, double reserveIn, double reserveOut, double fee) {
        assertThatThrownBy(() -> new SwapQuote().quote(in, reserveIn, reserveOut, fee))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void calculatesTheLiquidationPrice() {
        // 1000 / 0.825 = 1212.1212; 2500 · 0.825 / 1000 = 2.0625; 1 − 1212.1212 / 2500 = 0.515152
        assertThat(new LiquidationPrice().calculate(1, 1000, 82.5, 2500.0))
                .contains("below **1,212.12**", "health factor is 2.06", "may fall by 51.52 %");
        // 1600 / (2 · 0.8) = 1000
        assertThat(new LiquidationPrice().calculate(2, 1600, 80, null))
                .contains("below **1,000.00**")
                .doesNotContain("health");
        // the example of Aave's help: 10,000 of collateral, 80 %, 6,000 of debt
        assertThat(new LiquidationPrice().calculate(4, 6000, 80, 2500.0)).contains("health factor is 1.33.");
        // 2 · 900 · 0.8 / 1600 = 0.9
        assertThat(new LiquidationPrice().calculate(2, 1600, 80, 900.0))
                .contains("health factor is 0.9000", "can already be liquidated");
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 80, 1", "1, 0, 80, 1", "1, 1, 0, 1", "1, 1, 101, 1", "1, 1, 80, 0", "NaN, 1, 80, 1"})
    void rejectsALoanOutOfRange(double collateral, double debt, double threshold, double price) {
        assertThatThrownBy(() -> new LiquidationPrice().calculate(collateral, debt, threshold, price))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
