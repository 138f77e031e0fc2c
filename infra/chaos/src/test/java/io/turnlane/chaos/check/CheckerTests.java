package io.turnlane.chaos.check;

import static io.turnlane.chaos.check.SmallRun.canary;
import static io.turnlane.chaos.check.SmallRun.replace;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.check.finding.Violation;
import io.turnlane.chaos.history.HistoryLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** A small run without violations, which tests change. */
abstract class CheckerTests {

    @TempDir
    Path folder;

    final SmallRun run = new SmallRun();

    void holds() throws IOException {
        assertThat(run.check(folder).violations()).isEmpty();
    }

    Violation breaks(Invariant invariant) throws IOException {
        Verdict verdict = run.check(folder);
        assertThat(verdict.clean()).isFalse();
        assertThat(verdict.violations()).extracting(Violation::invariant).containsOnly(invariant);
        assertThat(verdict.violations().getFirst().evidence()).isNotEmpty();
        return verdict.violations().getFirst();
    }

    /** Checks that exactly these invariants are violated, for changes that cannot violate only one. */
    void breaks(Set<Invariant> invariants) throws IOException {
        assertThat(run.check(folder).counts().keySet()).isEqualTo(invariants);
    }

    void giveAgentOfA2(List<String> history) {
        replace(
                run.agents,
                line -> line instanceof HistoryLine.AgentEntered in
                        && in.request().equals("a2"),
                line -> new HistoryLine.AgentEntered(line.time(), "processor-1", "a", "a2", 1, canary("a2"), history));
    }

    static HistoryLine delta(String stream, String session, String request, int seq, int pos, String text) {
        return new HistoryLine.EventReceived(
                0, "client-a", stream, 1, session, request, "delta", "cur", 1, seq, pos, text, null);
    }
}
