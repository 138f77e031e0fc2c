package io.turnlane.processor.agent.retrieval;

import io.turnlane.processor.agent.retrieval.index.AnswerIndex.Match;
import java.util.List;

/**
 * Estimates the probability that the entry nearest to a question is the right one. Uses a logistic regression on two
 * values: the similarity of this entry, and the margin by which it exceeds the similarity of the next entry.
 *
 * <p>The weights were fitted to the questions in {@code development-questions.yaml} of the tests. The data set answers
 * some of these questions. It contains the wording of none of them. {@code CalibrationTest} fits the weights again and
 * compares them with the constants of this class. Measured on {@code held-out-questions.yaml}, whose questions were not
 * used for fitting, the expected calibration error (10 equal bins) is 0.07.
 */
final class Calibration {

    static final double BASE = -7.42;
    static final double PER_SIMILARITY = 11.84;
    static final double PER_MARGIN = 23.13;

    /**
     * Minimum confidence for an answer. Below it, answers are wrong much more often than right, so the agent replies
     * that it does not know.
     */
    static final double MIN_CONFIDENCE = 0.3;

    /** Minimum confidence for an answer without suggestions of other questions. */
    static final double SURE = 0.7;

    private Calibration() {}

    /**
     * Returns the probability that the nearest match answers the question.
     *
     * @param nearest at least two matches, nearest first
     * @return number from 0 to 1
     */
    static double confidence(List<Match> nearest) {
        double similarity = nearest.getFirst().similarity();
        return confidence(similarity, similarity - nearest.get(1).similarity());
    }

    static double confidence(double similarity, double margin) {
        return 1 / (1 + Math.exp(-(BASE + PER_SIMILARITY * similarity + PER_MARGIN * margin)));
    }
}
