package io.turnlane.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.OperationOutcome;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.report.ChaosReport;
import io.turnlane.chaos.report.DurationPercentiles;
import io.turnlane.chaos.report.MarkdownReport;
import io.turnlane.chaos.report.RunReport;
import io.turnlane.chaos.report.RunReport.FaultStatistics;
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
        return report(run.writeTo(folder));
    }

    private static RunReport report(RunFolder written) {
        return RunReport.of(Facts.of(written), Checker.check(written));
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
    void aTurnRecoversWhenItsAgentIsCalledAgainOrAClientSeesItsEnd() throws IOException {
        run.agents.add(new HistoryLine.AgentEntered(
                SECOND + 260_000, "processor-2", "a", "a1", 2, "c-a-1", List.of())); // before the client sees the end
        fault("kill", "processor-1", SECOND + 60_000, 4 * SECOND, "a1", "b1");

        RunReport report = report();

        assertThat(report.faults()).containsOnlyKeys("kill processor");
        FaultStatistics kill = report.faults().get("kill processor");
        assertThat(kill.hit()).isEqualTo(1);
        assertThat(kill.recovery()).isEqualTo(DurationPercentiles.ofMicros(List.of(200_000L, 450_000L)));
        assertThat(kill.recoveryAlone()).isEqualTo(kill.recovery());
        assertThat(report.redeliveries()).isEqualTo(1);
    }

    @Test
    void aStreamThatAGatewayBrokeRecoversWhenAGatewayServesItAgain() throws IOException {
        fault("kill", "gateway-1", 2 * SECOND, 3 * SECOND, "a2");
        resumes(2 * SECOND + 500_000, 6 * SECOND);
        resumes(SECOND, SECOND + 100_000); // before the fault
        assertThat(report().faults().get("kill gateway").recovery())
                .isEqualTo(DurationPercentiles.ofMicros(List.of(3_500_000L)));
    }

    @Test
    void onlyAKillOfOneOfSeveralProcessesIsASingleKillIfNoOtherFaultIsActive() throws IOException {
        fault("kill", "processor-1", SECOND + 60_000, 2 * SECOND, "a1");
        fault("freeze", "processor-2", 2 * SECOND, 3 * SECOND);
        fault("kill", "redis", 3 * SECOND + 100_000, 4 * SECOND, "b2");
        Map<String, FaultStatistics> faults = report().faults();
        assertThat(faults.get("kill processor").recovery().count()).isEqualTo(1);
        assertThat(faults.get("kill processor").recoveryAlone().count()).isZero();
        assertThat(faults.get("kill redis").recovery().count()).isEqualTo(1);
        assertThat(faults.get("kill redis").recoveryAlone().count()).isZero();
    }

    private void fault(String kind, String target, long began, long healed, String... turns) {
        String id = kind + target;
        run.history.add(new HistoryLine.FaultBegan(began, "driver", id, kind, target, List.of(turns)));
        run.history.add(new HistoryLine.FaultHealed(healed, "driver", id, turns.length));
    }

    private void resumes(long cutAt, long at) {
        run.history.add(new HistoryLine.StreamResumed(at, "client-a", "st-a1", 2, "a", cutAt));
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
        assertThat(MarkdownReport.of(clean))
                .startsWith("# Chaos report\n\n**Passed.**\n")
                .contains("| by hand | 1 | 4 | 4 | 0 | 0 | 1.000 | 0 | 0 | 0 |");
        assertThat(new String(clean.json(), StandardCharsets.UTF_8)).contains("\"scenario\":\"by hand\"");
    }

    @Test
    void unmetRequirementsFailTheReport() throws IOException {
        RunFolder written = run.writeTo(folder);
        RunReport vacuous = report(written).withUnmet(List.of("vacuous: no fault hit anything"));
        assertThat(ChaosReport.of(List.of(vacuous), null).passed()).isFalse();
        assertThat(MarkdownReport.of(ChaosReport.of(List.of(vacuous), null)))
                .contains("- vacuous: no fault", "| **1** |");
    }

    @Test
    void aRunThatStopsBeforeItsEndFailsTheReport() throws IOException {
        ChaosReport stopped = ChaosReport.of(List.of(report()), new IOException("processor-1 was not ready"));
        assertThat(stopped.passed()).isFalse();
        assertThat(MarkdownReport.of(stopped))
                .startsWith("# Chaos report\n\n**Failed.**\nThe run stopped before its end: ")
                .contains("processor-1 was not ready");
    }

    @Test
    void aMissedControlFailsTheReport() throws IOException {
        RunFolder written = run.writeTo(folder);
        written.describe(new RunDescription("by hand", 1, "abc", "2 cores", 0, 10, 5, "dedupe"));
        ChaosReport blind = ChaosReport.of(List.of(report(written)), null);
        assertThat(blind.passed()).isFalse();
        assertThat(MarkdownReport.of(blind)).contains("| I4, O4 | nothing | **the checker missed it** |");
    }

    @Test
    void aFoundControlPassesTheReport() throws IOException {
        run.agents.add(new HistoryLine.AgentEntered(5 * SECOND, "processor-2", "a", "a1", 2, "c-a-1", List.of()));
        run.agents.add(new HistoryLine.AgentLeft(6 * SECOND, "processor-2", "a", "a1", 2, OperationOutcome.OK));
        RunFolder written = run.writeTo(folder);
        written.describe(new RunDescription("by hand", 1, "abc", "2 cores", 0, 10, 5, "dedupe"));
        ChaosReport seen = ChaosReport.of(List.of(report(written)), null);
        assertThat(seen.passed()).isTrue();
        MarkdownReport.write(seen, folder.resolve("out"));
        assertThat(Files.readString(folder.resolve("out").resolve("report.md"))).contains("O4 × 1", "passed");
    }
}
