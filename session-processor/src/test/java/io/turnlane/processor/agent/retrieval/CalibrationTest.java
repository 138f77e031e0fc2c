package io.turnlane.processor.agent.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import io.turnlane.processor.agent.retrieval.index.AnswerIndex.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class CalibrationTest {

    /**
     * Result for one question: score of the nearest entry, margin to the next one, and true if the nearest is right.
     */
    record Sample(double score, double margin, boolean right) {}

    @Test
    void matchesTheWeightsFittedToTheDevelopmentQuestions() {
        List<Sample> samples = samples(QuestionSheet.read("development-questions.yaml"));
        samples.addAll(samples(QuestionSheet.read("colloquial-development-questions.yaml")));
        double[] weights = fit(samples);
        System.out.printf("calibration fitted: %.2f %.2f %.2f%n", weights[0], weights[1], weights[2]);
        assertThat(Calibration.BASE).isCloseTo(weights[0], within(0.1));
        assertThat(Calibration.PER_SCORE).isCloseTo(weights[1], within(0.1));
        assertThat(Calibration.PER_MARGIN).isCloseTo(weights[2], within(0.2));
    }

    @Test
    void increasesWithScoreAndMargin() {
        assertThat(Calibration.confidence(0.7, 0.05)).isGreaterThan(Calibration.confidence(0.6, 0.05));
        assertThat(Calibration.confidence(0.6, 0.1)).isGreaterThan(Calibration.confidence(0.6, 0.0));
        assertThat(Calibration.confidence(-1, 0)).isBetween(0.0, 0.01);
        assertThat(Calibration.confidence(1, 0.5)).isBetween(0.99, 1.0);
    }

    static List<Sample> samples(QuestionSheet sheet) {
        List<Sample> samples = new ArrayList<>();
        sheet.onTopic().forEach(asked -> samples.add(sample(asked.question(), asked::isAnsweredBy)));
        sheet.offTopic().forEach(question -> samples.add(sample(question, entry -> false)));
        return samples;
    }

    private static Sample sample(String question, Predicate<DataSetEntry> answers) {
        List<Match> nearest = TestRetrieval.nearest(question);
        double score = nearest.getFirst().score();
        return new Sample(
                score,
                score - nearest.get(1).score(),
                answers.test(nearest.getFirst().entry()));
    }

    /**
     * Returns the expected calibration error with ten equal bins: the difference between a bin's mean confidence and
     * its share of right answers, weighted by the size of the bin.
     */
    static double expectedError(List<Sample> samples) {
        double[] confidence = new double[10];
        double[] right = new double[10];
        for (Sample sample : samples) {
            double estimate = Calibration.confidence(sample.score(), sample.margin());
            int bin = Math.min(9, (int) (estimate * 10));
            confidence[bin] += estimate;
            right[bin] += sample.right() ? 1 : 0;
        }
        double sum = 0;
        for (int bin = 0; bin < 10; bin++) {
            sum += Math.abs(confidence[bin] - right[bin]);
        }
        return sum / samples.size();
    }

    /** Fits a logistic regression by gradient descent, with a small ridge penalty on the slopes. */
    private static double[] fit(List<Sample> samples) {
        double[] weights = new double[3];
        for (int round = 0; round < 20_000; round++) {
            double[] gradient = new double[3];
            for (Sample sample : samples) {
                double sum = weights[0] + weights[1] * sample.score() + weights[2] * sample.margin();
                double error = 1 / (1 + Math.exp(-sum)) - (sample.right() ? 1 : 0);
                gradient[0] += error;
                gradient[1] += error * sample.score();
                gradient[2] += error * sample.margin();
            }
            for (int i = 0; i < 3; i++) {
                double ridge = i == 0 ? 0 : 1e-4 * weights[i];
                weights[i] -= 8 * (gradient[i] / samples.size() + ridge);
            }
        }
        return weights;
    }
}
