package io.turnlane.model;

/** Cost of an answer: number of model calls and of tokens. */
public record Usage(int modelCalls, long inputTokens, long outputTokens) {

    public static final Usage NONE = new Usage(0, 0, 0);

    public Usage {
        if (modelCalls < 0 || inputTokens < 0 || outputTokens < 0) {
            throw new IllegalArgumentException("usage must not be negative");
        }
    }
}
