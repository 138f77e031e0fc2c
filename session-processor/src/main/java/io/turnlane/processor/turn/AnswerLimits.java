package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Limits of an answer and of an agent's call.
 *
 * @param textBytes maximum size of the answer's text, in bytes of UTF-8
 * @param artifactBytes maximum size of all artifacts and sources of an answer together, in bytes of JSON; also of all
 *     artifacts together that the agent sends while it works
 * @param deltaBytes maximum size of the text of one delta event, in bytes; longer text is split
 * @param deltaInterval time for which pieces of text are gathered into one delta event
 * @param timeout maximum time of an agent's call
 */
public record AnswerLimits(int textBytes, int artifactBytes, int deltaBytes, Duration deltaInterval, Duration timeout) {

    public AnswerLimits {
        if (textBytes < 1
                || artifactBytes < 1
                || deltaBytes < 4
                || deltaInterval.isNegative()
                || !timeout.isPositive()) {
            throw new IllegalArgumentException("answer limits must be positive");
        }
    }

    /** Returns true if the answer does not exceed the limits. */
    boolean allow(Answer answer, WireFormat wire) {
        // Sources count, because the whole answer must fit in one record.
        return answer.text().getBytes(StandardCharsets.UTF_8).length <= textBytes
                && sizeOf(answer.artifacts(), wire) + sizeOf(answer.sources(), wire) <= artifactBytes;
    }

    private static int sizeOf(List<?> values, WireFormat wire) {
        return values.isEmpty() ? 0 : wire.writeValue(values).length;
    }
}
