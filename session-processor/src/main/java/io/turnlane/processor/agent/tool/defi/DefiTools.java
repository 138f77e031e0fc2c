package io.turnlane.processor.agent.tool.defi;

import io.turnlane.processor.agent.tool.ToolMethods;
import java.util.List;

/** Tools that are part of every processor. */
public final class DefiTools {

    /** Name of the tool that calculates the impermanent loss of a price change. */
    public static final String IMPERMANENT_LOSS = "impermanent_loss";

    /** Name of the tool that quotes a swap in a pool. */
    public static final String SWAP_QUOTE = "swap_quote";

    /** Name of the tool that calculates the price at which a loan is liquidated. */
    public static final String LIQUIDATION_PRICE = "liquidation_price";

    /** Names of all of these tools. */
    public static final List<String> NAMES = List.of(IMPERMANENT_LOSS, SWAP_QUOTE, LIQUIDATION_PRICE);

    private DefiTools() {}

    /** Returns all of these tools. */
    public static List<ToolMethods> all() {
        return List.of(new ImpermanentLoss(), new SwapQuote(), new LiquidationPrice());
    }
}
