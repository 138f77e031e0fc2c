package io.turnlane.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measurements of one scenario, in the order in which they were taken. Used by one thread. */
public final class RunResults {

    private final String scenario;
    private final @Nullable String floor;
    private final List<Measurement> measurements = new ArrayList<>();

    /**
     * Creates an empty collection.
     *
     * @param floor name of the subject to which the others are compared; null if there is none
     */
    public RunResults(String scenario, @Nullable String floor) {
        this.scenario = scenario;
        this.floor = floor;
    }

    public void add(Measurement measurement) {
        measurements.add(measurement);
    }

    public String scenario() {
        return scenario;
    }

    public Optional<String> floor() {
        return Optional.ofNullable(floor);
    }

    public List<Measurement> measurements() {
        return List.copyOf(measurements);
    }

    /** Returns the descriptions of the loads, in the order in which they were measured first. */
    public List<String> loads() {
        return measurements.stream().map(Measurement::load).distinct().toList();
    }

    /** Returns the subjects of a load, in the order in which they were measured first. */
    public List<String> subjects(String load) {
        return measurements.stream()
                .filter(one -> one.load().equals(load))
                .map(Measurement::subject)
                .distinct()
                .toList();
    }

    /** Returns the metrics that were measured, in the order of {@link Metric}. */
    public List<Metric> metrics() {
        return Stream.of(Metric.values())
                .filter(metric ->
                        measurements.stream().anyMatch(one -> one.values().containsKey(metric)))
                .toList();
    }

    /** Returns the spread of a metric over the rounds; empty if it was not measured. */
    public Optional<Spread> spread(String load, String subject, Metric metric) {
        List<Double> values = new ArrayList<>(byRound(load, subject, metric).values());
        return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /**
     * Returns the spread of the ratios of a subject to the floor. Each ratio is of two measurements of the same round,
     * so that a machine that is slower for a while changes both.
     *
     * @return empty if there is no floor, if the subject is the floor, or if one of them was not measured
     */
    public Optional<Spread> ratio(String load, String subject, Metric metric) {
        if (floor == null || floor.equals(subject)) {
            return Optional.empty();
        }
        Map<Integer, Double> below = byRound(load, floor, metric);
        List<Double> ratios = byRound(load, subject, metric).entrySet().stream()
                .filter(one -> below.getOrDefault(one.getKey(), 0.0) > 0)
                .map(one -> one.getValue() / Objects.requireNonNull(below.get(one.getKey())))
                .toList();
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
    }

    private Map<Integer, Double> byRound(String load, String subject, Metric metric) {
        Map<Integer, Double> values = new LinkedHashMap<>();
        for (Measurement one : measurements) {
            Double value = one.values().get(metric);
            if (value != null && one.load().equals(load) && one.subject().equals(subject)) {
                values.put(one.round(), value);
            }
        }
        return values;
    }
}
