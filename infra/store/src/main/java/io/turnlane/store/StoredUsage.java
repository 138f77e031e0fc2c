package io.turnlane.store;

import io.turnlane.model.Usage;

/**
 * Stored form of a usage: calls, tokens in, tokens out, cost in billionths, and currency, separated by spaces. Scripts
 * add the numbers. Without a cost, the currency is {@code -}.
 */
public final class StoredUsage {

    private static final String NO_CURRENCY = "-";

    private StoredUsage() {}

    /** Returns the stored form; empty if no model was called. */
    public static String of(Usage usage) {
        return usage.equals(Usage.NONE)
                ? ""
                : String.join(
                        " ",
                        Integer.toString(usage.modelCalls()),
                        Long.toString(usage.inputTokens()),
                        Long.toString(usage.outputTokens()),
                        Long.toString(usage.costInBillionths()),
                        usage.currency() == null ? NO_CURRENCY : usage.currency());
    }

    /**
     * Returns the usage that was stored.
     *
     * @param stored stored form; empty for none
     * @throws IllegalArgumentException if the text is not the stored form of a usage
     */
    public static Usage read(String stored) {
        if (stored.isEmpty()) {
            return Usage.NONE;
        }
        String[] parts = stored.split(" ", 5);
        if (parts.length != 5) {
            throw new IllegalArgumentException("a stored usage must have five parts");
        }
        boolean hasCost = !parts[4].equals(NO_CURRENCY);
        return new Usage(
                (int) Math.min(Integer.MAX_VALUE, Long.parseLong(parts[0])),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                hasCost ? (Double) Usage.costOf(Long.parseLong(parts[3])) : null,
                hasCost ? parts[4] : null);
    }
}
