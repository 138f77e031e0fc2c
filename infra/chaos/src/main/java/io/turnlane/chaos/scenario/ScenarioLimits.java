package io.turnlane.chaos.scenario;

import io.turnlane.chaos.report.DurationPercentiles;
import io.turnlane.chaos.report.RunReport;
import io.turnlane.chaos.report.RunReport.FaultStatistics;
import io.turnlane.chaos.rig.RigSettings;
import java.util.ArrayList;
import java.util.List;

/** Limits for the measurements of a run. */
final class ScenarioLimits {

    /**
     * Maximum for {@link RunReport#slowestAsk}, in seconds. A gateway waits up to 5 s for Kafka and 2 s for Redis; the
     * other 2 s allow for a busy machine.
     */
    private static final double MAX_ASK = 9;

    private static final double MAX_STALL = 15;
    private static final double MAX_RECOVERY = RigSettings.SESSION_TIMEOUT.toSeconds() + 3;
    private static final double MAX_CALLS_IN_STORM = 1.05;
    private static final DurationPercentiles NONE = DurationPercentiles.ofMicros(List.of());

    private ScenarioLimits() {}

    /** Returns the limits that the run exceeded, one sentence each. */
    static List<String> exceeded(RunReport run, Scenario scenario, Form form) {
        List<String> exceeded = new ArrayList<>();
        if (run.internalErrors() > 0) {
            exceeded.add("%d posts were answered with 500, which no fault excuses".formatted(run.internalErrors()));
        }
        if (scenario == Scenario.F5 && run.slowestAsk() > MAX_ASK) {
            exceeded.add("a post was answered only after %.1f s".formatted(run.slowestAsk()));
        }
        FaultStatistics kills = run.faults().getOrDefault("kill processor", new FaultStatistics(0, 0, NONE, NONE));
        if (scenario == Scenario.F1
                && form == Form.FULL
                && kills.recoveryAlone().p99() > MAX_RECOVERY) {
            exceeded.add("turns of a killed processor continued only after %.1f s (p99)"
                    .formatted(kills.recoveryAlone().p99()));
        }
        if (scenario == Scenario.F14 && run.longestStall() > MAX_STALL) {
            exceeded.add("there was no progress for %.1f s".formatted(run.longestStall()));
        }
        if (scenario == Scenario.F14 && form == Form.FULL && run.callsPerTurn() > MAX_CALLS_IN_STORM) {
            exceeded.add(
                    "%.3f agent calls per turn while members joined and left the group".formatted(run.callsPerTurn()));
        }
        return exceeded;
    }
}
