package io.turnlane.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.OperationOutcome;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.report.ChaosReport;
import io.turnlane.chaos.report.DurationPercentiles;
import io.turnlane.chaos.report.RunReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {

    private static final long SECOND = SmallRun.SECOND;

    @TempDir
    Path folder;

    private final SmallRun run = new SmallRun();

    private RunReport report() throws IOException {
        RunFolder written = run.writeTo(folder);
        return RunReport.of(written, Checker.check(written), List.of());
    }

    @Test
    void countsQuestionsAcceptancesAndEnds() throws IOException {
        RunReport report = report();
        assertThat(report.questions()).isEqualTo(4);
        assertThat(report.accepted()).isEqualTo(4);
        assertThat(report.ends()).isEqualTo(Map.of("completed", 4));
        assertThat(report.callsPerTurn()).isEqualTo(1);
        assertThat(report.redeliveries()).isZero();
    }

    @Test
    void measuresTheRecoveryOfAKilledProcessorsTurns() throws IOException {
        run.agents.removeIf(line ->
                line instanceof HistoryLine.AgentLeft out && out.request().equals("a1"));
        run.agents.add(new HistoryLine.AgentEntered(3 * SECOND, "processor-2", "a", "a1", 2, "c-a-1", List.of()));
        run.history.add(new HistoryLine.FaultBegan(SECOND + 60_000, "driver", "f", "kill", "processor-1"));
        run.history.add(new HistoryLine.FaultHealed(4 * SECOND, "driver", "f", 2, null));
        RunReport report = report();
        assertThat(report.faults()).containsOnlyKeys("kill processor");
        assertThat(report.faults().get("kill processor").hit()).isEqualTo(1);
        assertThat(report.faults().get("kill processor").recovery().max()).isEqualTo(0.44); // the end was earlier
        assertThat(report.redeliveries()).isEqualTo(1);
    }

    @Test
    void percentilesAreByNearestRank() {
        DurationPercentiles times = DurationPercentiles.ofMicros(
                LongStream.rangeClosed(1, 100).map(n -> n * SECOND).boxed().toList());
        assertThat(times).isEqualTo(new DurationPercentiles(100, 50, 99, 100));
        assertThat(DurationPercentiles.ofMicros(List.of())).hasToString("–");
    }

    @Test
    void markdownStartsWithTheVerdict() throws IOException {
        ChaosReport clean = ChaosReport.of(List.of(report()), null);
        assertThat(clean.passed()).isTrue();
        assertThat(clean.markdown())
                .startsWith("# Chaos report\n\n**Passed.**\n")
                .contains("| by hand | 1 | 4 | 4 | 0 | 0 | 1.000 | 0 | 0 | 0 |");
        assertThat(new String(clean.json(), StandardCharsets.UTF_8)).contains("\"scenario\":\"by hand\"");
    }

    @Test
    void unmetRequirementsFailTheReport() throws IOException {
        RunFolder written = run.writeTo(folder);
        RunReport vacuous = RunReport.of(written, Checker.check(written), List.of("vacuous: no fault hit anything"));
        assertThat(ChaosReport.of(List.of(vacuous), null).passed()).isFalse();
        assertThat(ChaosReport.of(List.of(vacuous), null).markdown()).contains("- vacuous: no fault", "| **1** |");
    }

    @Test
    void aRunThatStopsBeforeItsEndFailsTheReport() throws IOException {
        ChaosReport stopped = ChaosReport.of(List.of(report()), new IOException("processor-1 was not ready"));
        assertThat(stopped.passed()).isFalse();
        assertThat(stopped.markdown())
                .startsWith("# Chaos report\n\n**Failed.**\nThe run stopped before its end: ")
                .contains("processor-1 was not ready");
    }

    @Test
    void aMissedControlFailsTheReport() throws IOException {
        RunFolder written = run.writeTo(folder);
        written.describe(new RunDescription("by hand", 1, "abc", "2 cores", 0, 10, 5, "dedupe"));
        ChaosReport blind = ChaosReport.of(List.of(RunReport.of(written, Checker.check(written), List.of())), null);
        assertThat(blind.passed()).isFalse();
        assertThat(blind.markdown()).contains("| I4, O4 | nothing | **the checker missed it** |");
    }

    @Test
    void aFoundControlPassesTheReport() throws IOException {
        run.agents.add(new HistoryLine.AgentEntered(5 * SECOND, "processor-2", "a", "a1", 2, "c-a-1", List.of()));
        run.agents.add(new HistoryLine.AgentLeft(6 * SECOND, "processor-2", "a", "a1", 2, OperationOutcome.OK));
        RunFolder written = run.writeTo(folder);
        written.describe(new RunDescription("by hand", 1, "abc", "2 cores", 0, 10, 5, "dedupe"));
        ChaosReport seen = ChaosReport.of(List.of(RunReport.of(written, Checker.check(written), List.of())), null);
        assertThat(seen.passed()).isTrue();
        seen.writeTo(folder.resolve("out"));
        assertThat(Files.readString(folder.resolve("out").resolve("report.md"))).contains("O4 × 1", "passed");
    }
}
