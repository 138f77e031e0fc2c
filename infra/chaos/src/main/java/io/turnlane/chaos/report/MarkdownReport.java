package io.turnlane.chaos.report;

import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.check.finding.Violation;
import io.turnlane.chaos.control.Control;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders one report as Markdown: first an overview table, then a short section for each run. */
public final class MarkdownReport {

    private static final int VIOLATIONS_SHOWN = 10;

    private final ChaosReport report;
    private final StringBuilder out = new StringBuilder();

    private MarkdownReport(ChaosReport report) {
        this.report = report;
    }

    /** Returns the report for people. */
    public static String of(ChaosReport report) {
        return new MarkdownReport(report).text();
    }

    /** Writes {@code report.md} and {@code report.json}. */
    public static void write(ChaosReport report, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.md"), of(report));
        Files.write(folder.resolve("report.json"), report.json());
    }

    private String text() {
        line("# Chaos report");
        line("");
        line(report.passed() ? "**Passed.**" : "**Failed.**");
        if (report.failure() != null) {
            line("The run stopped before its end: `%s`"
                    .formatted(report.failure().replace('`', '\'')));
        }
        provenance();
        overview();
        controls();
        report.runs().forEach(this::run);
        return out.toString();
    }

    private void provenance() {
        String commits = distinct(run -> run.run().commit());
        String machines = distinct(run -> run.run().machine());
        line("Code %s, checker %d, %s.".formatted(commits, report.checker(), machines));
        line("");
    }

    private String distinct(Function<RunReport, String> of) {
        return Stream.concat(report.runs().stream(), report.controls().stream())
                .map(of)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private void overview() {
        row(
                "scenario",
                "seed",
                "questions",
                "accepted",
                "faults",
                "faults that hit",
                "agent calls per turn",
                "redeliveries",
                "duplicate ends",
                "violations");
        row("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:");
        for (RunReport run : report.runs()) {
            row(
                    run.run().scenario(),
                    run.run().seed(),
                    run.questions(),
                    run.accepted(),
                    run.faultCount(),
                    run.hits(),
                    String.format(Locale.ROOT, "%.3f", run.callsPerTurn()),
                    run.redeliveries(),
                    run.suppressed(),
                    run.clean()
                            ? 0
                            : "**" + (run.verdict().total() + run.unmet().size()) + "**");
        }
        line("");
    }

    private void controls() {
        if (report.controls().isEmpty()) {
            return;
        }
        line("## Negative controls");
        line("");
        line("Each of these runs has one promise switched off on purpose. The checker must find a violation.");
        line("");
        row("promise switched off", "scenario", "seed", "expected, any of", "found", "result");
        row("---", "---", "---:", "---", "---", "---");
        for (RunReport run : report.controls()) {
            row(
                    String.valueOf(run.run().control()),
                    run.run().scenario(),
                    run.run().seed(),
                    expected(run),
                    found(run),
                    run.foundControl() ? "passed" : "**the checker missed it**");
        }
        line("");
    }

    private static String expected(RunReport run) {
        return Control.named(run.run().control())
                .map(control ->
                        control.expected().stream().sorted().map(Enum::name).collect(Collectors.joining(", ")))
                .orElse("?");
    }

    private static String found(RunReport run) {
        return run.verdict().clean()
                ? "nothing"
                : new TreeMap<>(run.verdict().counts())
                        .entrySet().stream()
                                .map(count -> count.getKey() + " × " + count.getValue())
                                .collect(Collectors.joining(", "));
    }

    private void run(RunReport run) {
        line("## %s".formatted(run.run().scenario()));
        line("");
        line("%d questions in %d posts, %d accepted. Ends: %s."
                .formatted(run.questions(), run.posts(), run.accepted(), run.ends()));
        line("");
        faults(run);
        invariants(run);
        run.verdict().notes().forEach(note -> line("Not checked: %s.".formatted(note)));
        violations(run);
    }

    private void faults(RunReport run) {
        row("fault", "count", "hit work", "recovery p50 / p99 / max", "after single kills");
        row("---", "---:", "---:", "---:", "---:");
        new TreeMap<>(run.faults())
                .forEach((kind, of) -> row(kind, of.times(), of.hit(), of.recovery(), of.recoveryAlone()));
        line("");
    }

    private void invariants(RunReport run) {
        row("invariant", "checks", "violations");
        row("---", "---:", "---:");
        for (Invariant invariant : Invariant.values()) {
            long checked = run.verdict().checked().getOrDefault(invariant, 0L);
            row(invariant + ": " + invariant.promise(), checked, run.verdict().count(invariant));
        }
        line("");
    }

    private void violations(RunReport run) {
        List<Violation> violations = run.verdict().violations();
        run.unmet().forEach(unmet -> line("- " + unmet));
        violations.stream().limit(VIOLATIONS_SHOWN).forEach(violation -> line("- " + violation));
        if (violations.size() > VIOLATIONS_SHOWN) {
            line("- … and %d more. report.json lists the first 50 of each invariant."
                    .formatted(run.verdict().total() - VIOLATIONS_SHOWN));
        }
        line("");
    }

    private void row(Object... cells) {
        line(Stream.of(cells).map(String::valueOf).collect(Collectors.joining(" | ", "| ", " |")));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
