package io.turnlane.chaos.fault;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.load.LoadTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    public List<String> unmet(RunFolder run) {
        List<String> unmet = new ArrayList<>(violations);
        expectEnd.forEach((turn, status) -> {
            if (!status.equals(turn.end().get())) {
                unmet.add("request %s: expected end %s, found %s"
                        .formatted(turn.request(), status, turn.end().get()));
            }
        });
        unmet.addAll(tooManyRuns(run));
        unmet.addAll(otherErrors(run));
        unmet.addAll(deadlines.unmet(run));
        int[] found = {0};
        run.readTopic(run.quarantine(), _ -> found[0]++);
        if (found[0] < expectQuarantined) {
            unmet.add("quarantine has %d records, expected at least %d".formatted(found[0], expectQuarantined));
        }
        return unmet;
    }

    private List<String> tooManyRuns(RunFolder run) {
        Map<String, Integer> runs = new HashMap<>();
        run.readAgents(line -> {
            if (line.line() instanceof HistoryLine.AgentEntered in && mostRuns.containsKey(in.request())) {
                runs.merge(in.request(), 1, Integer::sum);
            }
        });
        return runs.entrySet().stream()
                .filter(entry -> entry.getValue() > mostRuns.getOrDefault(entry.getKey(), 0))
                .map(entry -> "request %s: expected at most %d agent calls, found %d"
                        .formatted(entry.getKey(), mostRuns.get(entry.getKey()), entry.getValue()))
                .toList();
    }

    private List<String> otherErrors(RunFolder run) {
        Map<String, String> found = new HashMap<>();
        run.readTopic(run.events(), event -> {
            String request = event.line().request();
            if (request != null && "failed".equals(event.line().type())) {
                found.put(request, String.valueOf(event.line().error()));
            }
        });
        return expectError.entrySet().stream()
                .filter(expected -> !expected.getValue().equals(found.get(expected.getKey())))
                .map(expected -> "request %s: expected error %s, found %s"
                        .formatted(expected.getKey(), expected.getValue(), found.get(expected.getKey())))
                .toList();
    }
}
