package io.turnlane.chaos.fault.expect;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.facts.RequestFacts.RequestEnd;
import io.turnlane.chaos.load.LoadTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requirements that faults add to the invariants, for example the status with which a turn must end. The classes that
 * inject a fault add its requirements. The scenario checks them after the run. Used only by the driver's thread.
 */
public final class FaultExpectations {

    private final List<String> violations = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final Map<LoadTurn, String> expectEnd = new HashMap<>();
    private final Map<String, Integer> mostRuns = new HashMap<>();
    private final Map<String, String> expectError = new HashMap<>();
    private final DeadlineExpectations deadlines = new DeadlineExpectations();
    private int expectQuarantined;

    /** Records a violation if the condition is true. */
    public void failIf(boolean condition, String sentence) {
        if (condition) {
            violations.add(sentence);
        }
    }

    /** Records a fault that this machine does not allow. A skipped fault does not fail the run. */
    public void skipped(String what) {
        skipped.add(what);
    }

    /** Returns the faults that this machine does not allow. */
    public List<String> skipped() {
        return List.copyOf(skipped);
    }

    /** Requires that the turn ends with this status. */
    public void expectEnd(LoadTurn turn, String status) {
        expectEnd.put(turn, status);
    }

    /** Requires that the agent is called at most this many times for the request. */
    public void expectRuns(String request, int most) {
        mostRuns.put(request, most);
    }

    /** Requires that the request fails with this error code. */
    public void expectError(String request, String code) {
        expectError.put(request, code);
    }

    /** Requires that the turn ends when its deadline passes. */
    public void expectEndAt(LoadTurn turn, Duration deadline) {
        deadlines.expect(turn.request(), deadline);
    }

    /**
     * Requires that the run puts this many records into quarantine, in addition to the records that earlier calls
     * require.
     */
    public void expectQuarantined(int records) {
        expectQuarantined += records;
    }

    /** Returns the requirements that the run did not meet, one sentence each. */
    public List<String> unmet(Facts run) {
        List<String> unmet = new ArrayList<>(violations);
        expectEnd.forEach((turn, status) -> {
            if (!status.equals(turn.end().get())) {
                unmet.add("request %s: expected end %s, found %s"
                        .formatted(turn.request(), status, turn.end().get()));
            }
        });
        mostRuns.forEach((request, most) -> {
            int found = run.activity().agentCalls().getOrDefault(request, 0);
            if (found > most) {
                unmet.add("request %s: expected at most %d agent calls, found %d".formatted(request, most, found));
            }
        });
        expectError.forEach((request, code) -> {
            String found = errorOf(run.find(request));
            if (!code.equals(found)) {
                unmet.add("request %s: expected error %s, found %s".formatted(request, code, found));
            }
        });
        unmet.addAll(deadlines.unmet(run));
        if (run.quarantineRecords() < expectQuarantined) {
            unmet.add("quarantine has %d records, expected at least %d"
                    .formatted(run.quarantineRecords(), expectQuarantined));
        }
        return unmet;
    }

    private static @Nullable String errorOf(@Nullable RequestFacts request) {
        RequestEnd end = request == null ? null : request.end();
        return end == null || !end.type().equals("failed") ? null : end.error();
    }
}
