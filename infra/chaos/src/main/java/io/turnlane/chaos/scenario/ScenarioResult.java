package io.turnlane.chaos.scenario;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.report.RunReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Result of a scenario.
 *
 * @param folder folder of the history
 * @param took duration of the run, including the check
 */
public record ScenarioResult(Scenario scenario, long seed, Path folder, Duration took, RunReport report) {

    /** Returns the verdict of the checker on the history. */
    public Verdict verdict() {
        return report.verdict();
    }

    /**
     * Returns all violations, one sentence each: requirements of the scenario that were not met, and findings of the
     * checker; empty if everything held.
     */
    public List<String> violations() {
        return Stream.concat(
                        report.unmet().stream(), verdict().violations().stream().map(Object::toString))
                .toList();
    }

    public boolean clean() {
        return report.clean();
    }
}
