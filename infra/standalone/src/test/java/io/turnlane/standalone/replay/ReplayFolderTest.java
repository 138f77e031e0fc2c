package io.turnlane.standalone.replay;

import static io.turnlane.standalone.replay.ComparedTurns.answer;
import static io.turnlane.standalone.replay.ComparedTurns.turn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.RequestId;
import io.turnlane.processor.replay.ComparedTurn;
import io.turnlane.standalone.replay.ReplaySummary.SkippedTurns;
import io.turnlane.standalone.terminal.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayFolderTest {

    private static final Instant AT = Instant.parse("2026-11-30T06:00:00Z");

    @TempDir
    private Path parent;

    private Path path;

    @BeforeEach
    void name() {
        path = parent.resolve("replay");
    }

    static ReplayRun run(boolean baseline, String... gates) {
        return new ReplayRun(
                AT,
                AT,
                AT.plusSeconds(60),
                null,
                null,
                "shop",
                null,
                0.05,
                "shop-v2",
                baseline,
                false,
                Duration.ofHours(24),
                List.of(),
                List.of(),
                List.of(gates));
    }

    private static ComparedTurn changed(int number) {
        return turn(number, answer("a", 100), answer("b " + number, 90), 0.8);
    }

    private static RequestId id(int number) {
        return new RequestId(new UUID(0, number));
    }

    @Test
    void keepsTheRunAndItsResults() throws IOException {
        ReplayRun run = run(true, "different > 2%");
        try (ReplayFolder folder = ReplayFolder.create(path, run)) {
            folder.add(changed(1));
            folder.add(changed(2));
        }
        try (ReplayFolder folder = ReplayFolder.open(path)) {
            assertThat(folder.run()).isEqualTo(run);
            assertThat(folder.size()).isEqualTo(2);
            assertThat(folder.contains(id(2))).isTrue();
            assertThat(folder.contains(id(3))).isFalse();
            assertThat(folder.find(id(2))).hasValue(changed(2));
        }
    }

    /** A process that is killed can leave the start of a line. */
    @Test
    void continuesAfterAnIncompleteResult() throws IOException {
        try (ReplayFolder folder = ReplayFolder.create(path, run(false))) {
            folder.add(changed(1));
        }
        Files.writeString(path.resolve("turns.jsonl"), "{\"request_id\":\"00000000-", StandardOpenOption.APPEND);
        try (ReplayFolder folder = ReplayFolder.open(path)) {
            assertThat(folder.size()).isEqualTo(1);
            folder.add(changed(2));
            List<ComparedTurn> all = new ArrayList<>();
            folder.each((turn, _, _) -> all.add(turn));
            assertThat(all).containsExactly(changed(1), changed(2));
        }
    }

    @Test
    void cannotBeUsedByTwoProcessesAtTheSameTime() throws IOException {
        try (ReplayFolder _ = ReplayFolder.create(path, run(false))) {
            assertThatThrownBy(() -> ReplayFolder.open(path))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessageContaining("Another process");
        }
    }

    @Test
    void isNotOverwrittenAndCanBeReadByItsOwnerOnly() throws IOException {
        ReplayFolder.create(path, run(false)).close();
        assertThatThrownBy(() -> ReplayFolder.create(path, run(false))).hasMessageContaining("--resume");
        assertThatThrownBy(() -> ReplayFolder.open(parent)).hasMessageContaining("run.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rwx------");
    }

    @Test
    void sumsUpTheResultsAndPutsTheWorstTurnsIntoTheReport() throws IOException {
        ReplayRun run = run(false, "different > 2%", "similarity<0.7 > 0");
        try (ReplayFolder folder = ReplayFolder.create(path, run)) {
            for (int i = 0; i < 97; i++) {
                folder.add(turn(i, answer("same", 100), answer("same", 110), 1));
            }
            folder.add(turn(97, answer("a", 100), answer("</script><script>alert(1)</script>", 10), 0.75));
            folder.add(turn(98, answer("a", 100), answer("b", 1_000), 0.9));
            folder.add(turn(99, answer("a", 100), answer("A", 100), 1));
            SummaryBuilder builder = new SummaryBuilder(run, RangeOptions.gates(run.failIf()), 2);
            folder.each(builder::add);
            ReplaySummary summary = builder.build(true, new SkippedTurns(1, 0, 0));
            assertThat(summary.turns().compared()).isEqualTo(100);
            assertThat(summary.turns().sessions()).isEqualTo(10);
            assertThat(summary.turns().exact()).isEqualTo(97);
            assertThat(summary.turns().normalised()).isEqualTo(98);
            assertThat(summary.turns().different()).isEqualTo(3);
            assertThat(summary.similarity().histogram()).hasSize(20).endsWith(98L);
            assertThat(summary.lanes().get("replayed").latencyMs().p50()).isBetween(104.0, 110.0);
            assertThat(summary.gates()).extracting(Gate.GateResult::failed).containsExactly(true, false);
            assertThat(summary.failed()).isTrue();
            assertThat(builder.worst()).hasSize(2);
            assertThat(folder.read(
                            builder.worst().getFirst().offset(),
                            builder.worst().getFirst().length()))
                    .extracting(ComparedTurn::requestId)
                    .isEqualTo(id(97));
            new ReportPage().write(folder, summary, builder.worst());
        }
        String page = Files.readString(path.resolve("report.html"));
        assertThat(page).contains("question 97", "question 98").doesNotContain("question 99", "{{", "<script>alert");
        assertThat(page).containsPattern("script-src 'sha256-[A-Za-z0-9+/=]{44}'");
        assertThat(page).doesNotContainPattern("(?i)(src|href)=\"?https?:");
    }
}
