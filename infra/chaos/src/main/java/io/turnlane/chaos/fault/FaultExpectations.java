package io.turnlane.chaos.fault;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.load.LoadTurn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Requirements that faults add to the invariants, for example the status with which a turn must end. The classes that
 * inject a fault add its requirements. The scenario checks them after the run. Used only by the driver's thread.
 */
public final class FaultExpectations {

    private final List<String> violations = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final Map<LoadTurn, String> expectEnd = new HashMap<>();
    private final Set<String> runOnce = new HashSet<>();
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

    /** Requires that the agent is called at most once for this request. */
    public void expectSingleRun(String request) {
        runOnce.add(request);
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
        unmet.addAll(repeatedRuns(run));
        int[] found = {0};
        run.readTopic(run.quarantine(), _ -> found[0]++);
        if (found[0] < expectQuarantined) {
            unmet.add("quarantine has %d records, expected at least %d".formatted(found[0], expectQuarantined));
        }
        return unmet;
    }

    private List<String> repeatedRuns(RunFolder run) {
        Map<String, Integer> runs = new HashMap<>();
        run.readAgents(line -> {
            if (line.line() instanceof HistoryLine.AgentEntered in && runOnce.contains(in.request())) {
                runs.merge(in.request(), 1, Integer::sum);
            }
        });
        return runs.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(entry ->
                        "request %s: expected one agent call, found %d".formatted(entry.getKey(), entry.getValue()))
                .toList();
    }
}
