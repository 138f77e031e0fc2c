package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.InjectedFault;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

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
        RunMeasurements measured = result.measured();
        out.printf(
                Locale.ROOT,
                "     %s  %d accepted, %d completed, %d failed, %d faults (%d hit), %d redeliveries,"
                        + " %d duplicate ends, %.2f agent calls per turn, longest silence %.1f s, took %.0f s%n",
                result.clean() ? "ok" : "VIOLATED",
                measured.accepted(),
                measured.completed(),
                measured.failed(),
                result.faults().size(),
                result.hits(),
                measured.redeliveries(),
                measured.suppressed(),
                measured.callsPerTurn(),
                measured.longestStall(),
                result.took().toMillis() / 1000.0);
        measured.recovery().forEach((kind, times) -> line("     recovery after " + kind + ": p50/p99/max " + times));
        result.verdict()
                .counts()
                .forEach((invariant, count) ->
                        line("     ! " + invariant + " violated " + count + " times: " + invariant.promise()));
        result.violations().stream().limit(VIOLATIONS_SHOWN).forEach(violation -> line("     ! " + violation));
        out.flush();
    }
}
