package io.turnlane.chaos.simulation;

import java.util.List;

/**
 * Result of one simulation.
 *
 * @param turns number of questions in the log
 * @param steps number of events that ran
 * @param trace number that two simulations share only if they did the same steps at the same times
 * @param violations violations of the promises, each with the name of the rule
 */
public record SimulationReport(long seed, int turns, long steps, long trace, List<String> violations) {

    public SimulationReport {
        violations = List.copyOf(violations);
    }
}
