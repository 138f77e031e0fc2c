package io.turnlane.processor.agent.retrieval;

import io.turnlane.processor.agent.retrieval.index.AnswerIndex.Match;
import java.util.List;

/**
 * Estimates the probability that the entry nearest to a question is the right one. Uses a logistic regression on two
 * values: the score of this entry, and the margin by which it exceeds the score of the next entry.
 *
 * <p>The weights were fitted to the questions in {@code development-questions.yaml} and
 * {@code colloquial-development-questions.yaml} of the tests. The data set answers some of these questions. It contains
 * the wording of none of them. {@code CalibrationTest} fits the weights again and compares them with the constants of
 * this class. Measured on the held-out sheets of the tests, whose questions were not used for fitting, the expected
 * calibration error (10 equal bins) is 0.07.
 */
final class Calibration {

    static final double BASE = -8.75;
    static final double PER_SCORE = 14.29;
    static final double PER_MARGIN = 7.63;

    /**
     * Minimum confidence for an answer. Below it, answers are wrong much more often than right, so the agent replies
     * that it does not know.
     */
    static final double MIN_CONFIDENCE = 0.35;

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
        double score = nearest.getFirst().score();
        return confidence(score, score - nearest.get(1).score());
    }

    static double confidence(double score, double margin) {
        return 1 / (1 + Math.exp(-(BASE + PER_SCORE * score + PER_MARGIN * margin)));
    }
}
