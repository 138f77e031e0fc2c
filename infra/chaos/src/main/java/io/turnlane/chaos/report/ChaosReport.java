package io.turnlane.chaos.report;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.history.LineFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Report on several runs.
 *
 * @param checker version of the checker's rules
 * @param runs regular runs
 * @param controls runs in which the processors broke a promise on purpose
 * @param failure cause for which the run stopped before its end; null if it reached its end
 */
public record ChaosReport(
        int checker,
        List<RunReport> runs,
        List<RunReport> controls,
        @Nullable String failure) {

    public ChaosReport {
        runs = List.copyOf(runs);
        controls = List.copyOf(controls);
    }

    /**
     * Creates the report on these runs, in their order.
     *
     * @param failure cause for which the run stopped before its end; null if it reached its end
     */
    public static ChaosReport of(List<RunReport> all, @Nullable Exception failure) {
        return new ChaosReport(
                Verdict.CHECKER,
                all.stream().filter(run -> run.run().control() == null).toList(),
                all.stream().filter(run -> run.run().control() != null).toList(),
                failure == null ? null : failure.toString());
    }

    /**
     * Returns true if the run reached its end, every regular run is clean, and every control caused a violation that
     * the checker found.
     */
    public boolean passed() {
        return failure == null
                && runs.stream().allMatch(RunReport::clean)
                && controls.stream().allMatch(ChaosReport::found);
    }

    /** Returns true if the checker found a violation that the run's control causes. */
    static boolean found(RunReport run) {
        return Control.named(run.run().control())
                .map(control -> control.isFound(run.verdict()))
                .orElse(false);
    }

    /** Returns the report for people. */
    public String markdown() {
        return new MarkdownReport(this).text();
    }

    /** Returns the report for programs, with all statistics and all recorded violations. */
    public byte[] json() {
        return new LineFormat().writeValue(this);
    }

    /** Writes {@code report.md} and {@code report.json}. */
    public void writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.md"), markdown());
        Files.write(folder.resolve("report.json"), json());
    }
}
