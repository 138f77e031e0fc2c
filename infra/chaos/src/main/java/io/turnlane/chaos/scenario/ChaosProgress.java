package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.InjectedFault;
import io.turnlane.chaos.report.DurationPercentiles;
import io.turnlane.chaos.report.RunReport;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Prints the progress of a run for people. Used only by the driver's thread. */
public final class ChaosProgress {

    private static final int VIOLATIONS_SHOWN = 8;

    private final PrintStream out;

    public ChaosProgress(PrintStream out) {
        this.out = out;
    }

    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /** Prints the title and the schedule of a scenario that begins. */
    public void begins(Scenario scenario, List<Fault> plan) {
        line("\n%-4s %s".formatted(scenario.name(), scenario.title()));
        line("     plan: "
                + String.join(", ", plan.stream().map(Fault::toString).toList()));
    }

    void fault(InjectedFault injected) {
        out.printf(
                Locale.ROOT,
                "     %6.1f s  %-12s %-12s hit %d, healed after %.1f s%n",
                injected.at() / 1e6,
                injected.fault().kind().word(),
                injected.fault().target(),
                injected.underWay(),
                (injected.healed() - injected.at()) / 1e6);
        out.flush();
    }

    void skipped(String what) {
        line("     skipped: " + what);
    }

    /** Prints the result of a scenario. */
    public void ended(ScenarioResult result) {
        RunReport report = result.report();
        out.printf(
                Locale.ROOT,
                "     %s  %d accepted, %d completed, %d failed, %d faults (%d hit), %d redeliveries,"
                        + " %d duplicate ends, %.2f agent calls per turn, longest silence %.1f s, took %.0f s%n",
                result.clean() ? "ok" : "VIOLATED",
                report.accepted(),
                report.ends().getOrDefault("completed", 0),
                report.ends().getOrDefault("failed", 0),
                report.faultCount(),
                report.hits(),
                report.redeliveries(),
                report.suppressed(),
                report.callsPerTurn(),
                report.longestStall(),
                result.took().toMillis() / 1000.0);
        new TreeMap<>(report.faults()).forEach((kind, faults) -> {
            recovery(kind, faults.recovery());
            if (faults.recoveryAlone().count() > 0) {
                recovery(kind + ", alone", faults.recoveryAlone());
            }
        });
        result.verdict()
                .counts()
                .forEach((invariant, count) ->
                        line("     ! " + invariant + " violated " + count + " times: " + invariant.promise()));
        result.violations().stream().limit(VIOLATIONS_SHOWN).forEach(violation -> line("     ! " + violation));
        out.flush();
    }

    private void recovery(String kind, DurationPercentiles times) {
        line("     recovery after " + kind + ": p50 / p99 / max " + times);
    }
}
