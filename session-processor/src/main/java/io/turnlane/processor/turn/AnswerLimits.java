package io.turnlane.processor.turn;

import java.time.Duration;

/**
 * How large an answer may be and how long an agent may take for it.
 *
 * @param textBytes of the answer, in UTF-8
 * @param artifactBytes of all artifacts, as JSON
 * @param deltaBytes of one delta event; more is split
 * @param deltaInterval how long pieces are gathered before they leave as one event
 * @param timeout of an agent's call
 */
public record AnswerLimits(int textBytes, int artifactBytes, int deltaBytes, Duration deltaInterval, Duration timeout) {

    public AnswerLimits {
        if (textBytes < 1
                || artifactBytes < 1
                || deltaBytes < 4
                || deltaInterval.isNegative()
                || !timeout.isPositive()) {
            throw new IllegalArgumentException("answer limits are positive");
        }
    }
}
