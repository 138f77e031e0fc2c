package io.turnlane.processor.agent.retrieval.calculation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalculationTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    how much impermanent loss if ETH doubles?                         | 100
                    How much IL do I get if the price goes up by 50%?                 | 50
                    impermanent loss when ETH drops 30 percent                        | -30
                    impermanent loss if the price halves                              | -50
                    What's my impermanent loss if ETH goes from $2,000 to $3,000?     | 50
                    impermanent loss at 4x                                            | 300
                    impermanent loss for a price change of -12.5 %                    | -12.5
                    impermanent loss in a 50/50 pool after a 25 % price increase      | 25
                    """)
    void readsAPriceChange(String question, double percent) {
        assertThat(Calculation.of(question))
                .contains(new Calculation("impermanent_loss", Map.of("price_change_percent", percent)));
    }

    @Test
    void readsALoan() {
        assertThat(Calculation.of("what is my liquidation price if I borrow 1,000 USDC against 1 ETH at 2,500 with a "
                        + "threshold of 82.5 %"))
                .contains(loan(1, 1000, 82.5, 2500.0));
        assertThat(Calculation.of("Liquidation price: borrowed $1000, 1.5 ETH as collateral, threshold 80%"))
                .contains(loan(1.5, 1000, 80, null));
        assertThat(Calculation.of("When am I liquidated? I deposited 2 ETH and borrowed 2k USDC, 83% threshold."))
                .contains(loan(2, 2000, 83, null));
    }

    private static Calculation loan(double collateral, double debt, double threshold, Double price) {
        Map<String, Double> arguments =
                new java.util.HashMap<>(Map.of("collateral", collateral, "debt", debt, "threshold_percent", threshold));
        if (price != null) {
            arguments.put("price", price);
        }
        return new Calculation("liquidation_price", arguments);
    }

    @Test
    void readsASwap() {
        assertThat(Calculation.of("swap 10 ETH in a pool of 1,000 ETH and 2,500,000 USDC"))
                .contains(new Calculation(
                        "swap_quote", Map.of("amount_in", 10.0, "reserve_in", 1000.0, "reserve_out", 2_500_000.0)));
        assertThat(Calculation.of(
                        "What do I get if I sell 5,000 USDC in a pool with 1k ETH / 2.5M USDC and a fee of 0.05 %?"))
                .contains(new Calculation(
                        "swap_quote",
                        Map.of(
                                "amount_in", 5000.0,
                                "reserve_in", 2_500_000.0,
                                "reserve_out", 1000.0,
                                "fee_percent", 0.05)));
        assertThat(Calculation.of("price impact of trading 1 ETH in a pool of 9 ETH and 9 USDC without fees"))
                .contains(new Calculation(
                        "swap_quote",
                        Map.of("amount_in", 1.0, "reserve_in", 9.0, "reserve_out", 9.0, "fee_percent", 0.0)));
    }

    @Test
    void leavesALongTextToTheDataSet() {
        String question = "how much impermanent loss if ETH doubles?";
        assertThat(Calculation.of(question + " ".repeat(500 - question.length())))
                .isPresent();
        assertThat(Calculation.of(question + " ".repeat(501 - question.length())))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "What is impermanent loss?",
                "Is the fee of 0.3 % enough for impermanent loss?",
                "impermanent loss if ETH doubles and BTC halves",
                "impermanent loss in Uniswap v3 if ETH doubles",
                "impermanent loss in an 80/20 pool if ETH doubles",
                "What happens if ETH doubles?",
                "liquidation price if I borrow 1000 USDC against 1 ETH",
                "liquidation price if I borrow 1 ETH against 5,000 USDC with a threshold of 80%",
                "liquidation price if I borrow 1000 USDC against 1 ETH and 2 BTC with a threshold of 80%",
                "liquidation price if I borrow 1000 USDC and 500 DAI against 1 ETH with a threshold of 80%",
                "liquidation price if I borrow 1000 USDC against $3000 of ETH with a threshold of 80%",
                "why was I liquidated at 80 %?",
                "swap 10 BTC in a pool of 1,000 ETH and 2,500,000 USDC",
                "swap 10 ETH in a pool of 1.000,5 ETH and 2,500,000 USDC",
                "swap 10 ETH for USDC",
                "What is a liquidity pool?"
            })
    void leavesAQuestionToTheDataSetIfANumberIsMissingOrAmbiguous(String question) {
        assertThat(Calculation.of(question)).isEmpty();
    }
}
