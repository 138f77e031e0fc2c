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
 * How a scenario went.
 *
 * @param folder of its history
 * @param took from its first question to the checker's word
 * @param verdict the checker's word on the history
 * @param violations what did not hold, a sentence each, those included that only this run knows of; empty where all did
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

    /** As a report has it. */
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

    /** Faults that hit work in flight. */
    public long hits() {
        return faults.stream().filter(fault -> fault.underWay() > 0).count();
    }
}
