package io.turnlane.processor.agent.tool.defi;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import io.turnlane.processor.agent.tool.ToolMethods;
import org.jspecify.annotations.Nullable;

/**
 * Quotes a swap in a pool that keeps the product of its two reserves constant, as Uniswap version 2 does.
 *
 * <p>For the input {@code a}, the reserves {@code x} (of the input) and {@code y} (of the output) and the fee
 * {@code f}, the output is {@code y·a(1−f) / (x + a(1−f))}. The price impact is the difference to the output at the
 * pool's price before the swap, without the fee: {@code 1 − (output / (a(1−f))) / (y / x) = a(1−f) / (x + a(1−f))}.
 *
 * <p>Sources, read in November 2026:
 *
 * <ul>
 *   <li>{@code getAmountOut} in {@code UniswapV2Library} of <a href="https://github.com/Uniswap/v2-periphery">Uniswap's
 *       v2-periphery</a>, which has the output for the fee of 0.3 %
 *   <li>Adams, Zinsmeister, Robinson, <a href="https://uniswap.org/whitepaper.pdf">Uniswap v2 Core</a> (March 2020)
 *   <li>{@code computePriceImpact} in <a href="https://github.com/Uniswap/sdk-core">Uniswap's sdk-core</a>, which
 *       defines the price impact as the difference to the output at the price before the swap. This class applies the
 *       definition to the input without the fee
 * </ul>
 */
final class SwapQuote implements ToolMethods {

    private static final double DEFAULT_FEE_PERCENT = 0.3;
    private static final double MAX = 1e15;

    @Tool(
            name = DefiTools.SWAP_QUOTE,
            value = "Quotes a swap in a constant-product pool (x·y = k): the output, the price and the price impact.")
    public String quote(
            @P(name = "amount_in", description = "amount of the token that is swapped") double amountIn,
            @P(name = "reserve_in", description = "amount of the same token in the pool before the swap")
                    double reserveIn,
            @P(name = "reserve_out", description = "amount of the other token in the pool before the swap")
                    double reserveOut,
            @P(
                            name = "fee_percent",
                            description = "fee of the pool in percent of the input; 0.3 if missing",
                            required = false)
                    @Nullable
                    Double feePercent) {
        double fee = feePercent == null ? DEFAULT_FEE_PERCENT : feePercent;
        Figures.check("amount_in", amountIn, 0, MAX);
        Figures.check("reserve_in", reserveIn, 0, MAX);
        Figures.check("reserve_out", reserveOut, 0, MAX);
        if (!(fee >= 0 && fee < 100)) {
            throw new IllegalArgumentException("fee_percent must be at least 0 and less than 100");
        }
        double afterFee = amountIn * (1 - fee / 100);
        double out = reserveOut * afterFee / (reserveIn + afterFee);
        double impactPercent = 100 * afterFee / (reserveIn + afterFee);
        return """
                The swap returns **%s** of the other token for %s, in a pool with the reserves %s and %s.

                - Price before the swap: %s for one
                - Price of this swap, with the fee of %s: %s for one
                - Price impact, without the fee: %s

                The pool keeps the product of its reserves constant, as Uniswap version 2 does.""".formatted(
                        Figures.amount(out),
                        Figures.amount(amountIn),
                        Figures.amount(reserveIn),
                        Figures.amount(reserveOut),
                        Figures.amount(reserveOut / reserveIn),
                        Figures.percent(fee),
                        Figures.amount(out / amountIn),
                        Figures.percent(impactPercent));
    }
}
