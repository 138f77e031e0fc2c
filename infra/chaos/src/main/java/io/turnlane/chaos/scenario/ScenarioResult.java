package io.turnlane.chaos.scenario;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.check.finding.Violation;
import io.turnlane.chaos.fault.InjectedFault;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.report.RunReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Result of a scenario.
 *
 * @param folder folder of the history
 * @param took duration of the run, including the check
 * @param verdict verdict of the checker on the history
 * @param violations all violations, one sentence each: findings of the checker, and requirements of the scenario that
 *     were not met; empty if everything held
 */
public record ScenarioResult(
        Scenario scenario,
        long seed,
        Form form,
        Path folder,
        Duration took,
        List<InjectedFault> faults,
        RunMeasurements measured,
        Verdict verdict,
        List<String> violations) {

    public ScenarioResult {
        faults = List.copyOf(faults);
        violations = List.copyOf(violations);
    }

    /** Returns the result for a report. */
    public RunReport report() {
        List<String> checked =
                verdict.violations().stream().map(Violation::toString).toList();
        List<String> others =
                violations.stream().filter(what -> !checked.contains(what)).toList();
        return RunReport.of(new RunFolder(folder), verdict, others);
    }

    public boolean clean() {
        return violations.isEmpty();
    }

    /** Returns the number of faults that hit work in progress. */
    public long hits() {
        return faults.stream().filter(fault -> fault.underWay() > 0).count();
    }
}
