package io.turnlane.chaos.report;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.history.LineFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Some runs and what they showed.
 *
 * @param checker version of the rules
 * @param runs the honest ones
 * @param controls those in which a promise was switched off
 */
public record ChaosReport(int checker, List<RunReport> runs, List<RunReport> controls) {

    public ChaosReport {
        runs = List.copyOf(runs);
        controls = List.copyOf(controls);
    }

    /** Of these runs, in their order. */
    public static ChaosReport of(List<RunReport> all) {
        return new ChaosReport(
                Verdict.CHECKER,
                all.stream().filter(run -> run.run().control() == null).toList(),
                all.stream().filter(run -> run.run().control() != null).toList());
    }

    /** Whether every honest run is clean and every control was found. */
    public boolean passed() {
        return runs.stream().allMatch(RunReport::clean) && controls.stream().allMatch(ChaosReport::found);
    }

    /** Whether the checker found what the run's control broke. */
    static boolean found(RunReport run) {
        return Control.named(run.run().control())
                .map(control -> control.isFound(run.verdict()))
                .orElse(false);
    }

    /** For people. */
    public String markdown() {
        return new MarkdownReport(this).text();
    }

    /** For programs: all figures and all violations that were kept. */
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
