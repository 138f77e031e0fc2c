package io.turnlane.model;

/** What an answer cost. */
public record Usage(int modelCalls, long inputTokens, long outputTokens) {

    public static final Usage NONE = new Usage(0, 0, 0);

    public Usage {
        if (modelCalls < 0 || inputTokens < 0 || outputTokens < 0) {
            throw new IllegalArgumentException("usage is never negative");
        }
    }
}
