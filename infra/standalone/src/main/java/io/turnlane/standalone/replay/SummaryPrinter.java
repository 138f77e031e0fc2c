package io.turnlane.standalone.replay;

import io.turnlane.standalone.replay.Gate.GateResult;
import io.turnlane.standalone.replay.ReplaySummary.LaneFigures;
import io.turnlane.standalone.replay.ReplaySummary.SkippedTurns;
import io.turnlane.standalone.replay.ReplaySummary.TurnCounts;
import io.turnlane.standalone.terminal.Counted;
import java.io.PrintStream;
import java.util.Locale;

/** Prints the summary of a replay as text. */
final class SummaryPrinter {

    private final PrintStream out;

    SummaryPrinter(PrintStream out) {
        this.out = out;
    }

    void print(ReplaySummary summary) {
        TurnCounts turns = summary.turns();
        line(
                "compared",
                String.format(Locale.ENGLISH, "%,d turns of %,d sessions", turns.compared(), turns.sessions()));
        line("same", share(turns.exact(), turns.compared()));
        if (turns.normalised() > turns.exact()) {
            line(
                    "",
                    share(turns.normalised() - turns.exact(), turns.compared())
                            + " more differ only in white space, case or emphasis");
        }
        line("different", share(turns.different(), turns.compared()));
        if (summary.run().baseline()) {
            line("", share(turns.noise(), turns.compared()) + " of them differ in the baseline at least as much");
        }
        line(
                "errors",
                turns.newErrors() + " new, " + turns.goneErrors() + " gone, " + turns.changedErrors() + " changed");
        line(
                "similarity",
                String.format(
                        Locale.ENGLISH,
                        "mean %.3f, 5 %% of the answers at most %.3f",
                        summary.similarity().mean(),
                        summary.similarity().p5()));
        summary.lanes().forEach(this::lane);
        skipped(summary.skipped());
        if (turns.incompleteHistory() > 0) {
            line("history", Counted.of(turns.incompleteHistory(), "turn") + " without some of the earlier answers");
        }
        summary.gates().forEach(this::gate);
    }

    private void lane(String name, LaneFigures figures) {
        String cost = figures.cost() == null ? "" : String.format(Locale.ENGLISH, ", cost %.4f", figures.cost());
        line(
                name,
                String.format(
                                Locale.ENGLISH,
                                "p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, %,d tokens",
                                figures.latencyMs().p50(),
                                figures.latencyMs().p95(),
                                figures.latencyMs().p99(),
                                figures.tokens())
                        + cost);
    }

    private void skipped(SkippedTurns skipped) {
        if (skipped.otherEnds() > 0) {
            line("skipped", Counted.of(skipped.otherEnds(), "question") + " without an answer or error of an agent");
        }
        if (skipped.withoutEnd() > 0) {
            line("skipped", Counted.of(skipped.withoutEnd(), "question") + " whose end the log does not have");
        }
        if (skipped.droppedSessions() > 0) {
            line(
                    "skipped",
                    Counted.of(skipped.droppedSessions(), "session")
                            + " did not fit into the heap. Set TURNLANE_JVM_ARGS=-Xmx2g, and replay again.");
        }
    }

    private void gate(GateResult gate) {
        line(
                "gate",
                String.format(
                        Locale.ENGLISH,
                        "%s: %,d turns (%.2f %%): %s",
                        gate.gate(),
                        gate.turns(),
                        gate.share() * 100,
                        gate.failed() ? "FAILED" : "passed"));
    }

    private static String share(long turns, long of) {
        return String.format(Locale.ENGLISH, "%,d (%.2f %%)", turns, of == 0 ? 0.0 : 100.0 * turns / of);
    }

    private void line(String name, String text) {
        out.printf("%-10s %s%n", name, text);
    }
}
