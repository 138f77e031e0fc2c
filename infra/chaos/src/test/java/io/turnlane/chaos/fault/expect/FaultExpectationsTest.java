package io.turnlane.chaos.fault.expect;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.LineWriter;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.TopicRecord;
import io.turnlane.chaos.load.LoadTurn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run with one request, {@code r1}, that is posted at 1 s and accepted at 1.1 s. */
final class FaultExpectationsTest {

    private static final long SECOND = 1_000_000;
    private static final LoadTurn TURN = new LoadTurn("s", "r1", "c-s-1", new AtomicReference<>("failed"));

    @TempDir
    Path path;

    private final FaultExpectations expectations = new FaultExpectations();
    private final List<HistoryLine> history = new ArrayList<>(List.of(
            new HistoryLine.QuestionPosted(SECOND, "client-1", "s", "k", "c-s-1"),
            new HistoryLine.QuestionAccepted(SECOND + 100_000, "client-1", "s", "r1", "k", "c-s-1", 202, false)));
    private final List<HistoryLine> agents = new ArrayList<>();
    private final List<TopicRecord> events = new ArrayList<>();

    private List<String> unmet() throws IOException {
        RunFolder run = new RunFolder(path);
        run.describe(new RunDescription("by hand", 1, "abc", "2 cores", 0, 10, 5, null));
        Files.createFile(run.turns());
        Files.createFile(run.quarantine());
        try (LineWriter lines = LineWriter.buffered(run.history());
                LineWriter calls = LineWriter.buffered(run.agent("processor-1"));
                LineWriter ends = LineWriter.buffered(run.events())) {
            history.forEach(lines::write);
            agents.forEach(calls::write);
            events.forEach(ends::write);
        }
        return expectations.unmet(Facts.of(run));
    }

    private void endsAt(double seconds) {
        long at = (long) (seconds * SECOND);
        history.add(new HistoryLine.StatusPolled(at, "client-1", at - 1000, "s", "r1", "failed", 0, null));
    }

    private void fault(String target, double from, double to) {
        history.add(new HistoryLine.FaultBegan((long) (from * SECOND), "driver", "1", "kill", target, List.of()));
        history.add(new HistoryLine.FaultHealed((long) (to * SECOND), "driver", "1", 0));
    }

    @ParameterizedTest
    @CsvSource({"3.0, true", "5.9, true", "2.5, false", "6.5, false", "600, false"})
    void aTurnEndsWhenItsDeadlineOfTwoSecondsPasses(double end, boolean met) throws IOException {
        expectations.expectEndAt(TURN, Duration.ofSeconds(2));
        endsAt(end);
        assertThat(unmet().isEmpty()).isEqualTo(met);
    }

    @ParameterizedTest
    @CsvSource({"redis, 2, 11, true", "redis, 2, 14, false", "redis, 9, 11, false", "clients, 2, 11, false"})
    void aTurnMayEndLaterIfAFaultWasActive(String target, double from, double end, boolean met) throws IOException {
        expectations.expectEndAt(TURN, Duration.ofSeconds(2));
        fault(target, from, from + 3);
        endsAt(end);
        assertThat(unmet().isEmpty()).isEqualTo(met);
    }

    @Test
    void anAgentIsCalledForARequestThatMustNotRun() throws IOException {
        expectations.expectRuns("r1", 0);
        agents.add(new HistoryLine.AgentEntered(2 * SECOND, "processor-1", "s", "r1", 1, "c-s-1", List.of()));
        assertThat(unmet()).singleElement().asString().contains("expected at most 0 agent calls, found 1");
    }

    @ParameterizedTest
    @CsvSource({"expired, true", "agent_error, false", ", false"})
    void aRequestFailsWithTheExpectedError(String error, boolean met) throws IOException {
        expectations.expectError("r1", "expired");
        if (error != null) {
            events.add(new TopicRecord(0, 1, "-:s", "r1", "failed", 0, 0, 2 * SECOND, null, null, error));
        }
        assertThat(unmet().isEmpty()).isEqualTo(met);
    }
}
