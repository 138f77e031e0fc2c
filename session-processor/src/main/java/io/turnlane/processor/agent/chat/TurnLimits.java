package io.turnlane.processor.agent.chat;

/**
 * Limits of one turn. A turn that exceeds one of them fails with {@code usage_limit}.
 *
 * @param modelCalls replies of models in one attempt; calls that failed do not count
 * @param tokens tokens in and out of all calls in all attempts
 */
public record TurnLimits(int modelCalls, long tokens) {

    public static final TurnLimits DEFAULT = new TurnLimits(10, 20_000);
}
