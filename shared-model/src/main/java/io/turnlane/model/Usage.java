package io.turnlane.model;

/** Cost of an answer: number of model calls and of tokens. */
public record Usage(int modelCalls, long inputTokens, long outputTokens) {

    public static final Usage NONE = new Usage(0, 0, 0);

    public Usage {
        var _ = ValueRanges.checkCount("model_calls", modelCalls);
        var _ = ValueRanges.checkCount("input_tokens", inputTokens);
        var _ = ValueRanges.checkCount("output_tokens", outputTokens);
    }
}
