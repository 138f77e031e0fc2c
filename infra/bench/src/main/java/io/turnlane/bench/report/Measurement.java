package io.turnlane.bench.report;

import java.util.Map;

/**
 * Result of one load on one subject.
 *
 * @param load description of the load, for example {@code 64 clients}
 * @param subject name of the subject
 * @param round number of the round, from 1; measurements of one round were taken one after another
 * @param values the measured values
 */
public record Measurement(String load, String subject, int round, Map<Metric, Double> values) {

    public Measurement {
        values = Map.copyOf(values);
    }
}
