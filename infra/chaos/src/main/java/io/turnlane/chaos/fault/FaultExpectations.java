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
 * What a fault's own row of the list asks for besides the invariants: noted while the fault goes on, looked at when all
 * is over. The driver's thread only.
 */
public final class FaultExpectations {

    private final List<String> complaints = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final Map<LoadTurn, String> expectEnd = new HashMap<>();
    private final Set<String> runOnce = new HashSet<>();
    private int expectQuarantined;

    /** Something is wrong already, where {@code wrong}. */
    public void failIf(boolean wrong, String sentence) {
        if (wrong) {
            complaints.add(sentence);
        }
    }

    /** Something could not be done here: no fault of what is on trial. */
    public void skipped(String what) {
        skipped.add(what);
    }

    /** What could not be done here. */
    public List<String> skipped() {
        return List.copyOf(skipped);
    }

    /** The turn is to end so. */
    public void expectEnd(LoadTurn turn, String status) {
        expectEnd.put(turn, status);
    }

    /** The agent is to be given this request once and no more. */
    public void expectSingleRun(String request) {
        runOnce.add(request);
    }

    /** So many more records are to be put into quarantine. */
    public void expectQuarantined(int records) {
        expectQuarantined += records;
    }

    /** What did not come as expected, a sentence each. */
    public List<String> unmet(RunFolder run) {
        List<String> unmet = new ArrayList<>(complaints);
        expectEnd.forEach((turn, status) -> {
            if (!status.equals(turn.end().get())) {
                unmet.add("request %s was to end %s, and is %s"
                        .formatted(turn.request(), status, turn.end().get()));
            }
        });
        unmet.addAll(runTwice(run));
        int[] found = {0};
        run.readTopic(run.quarantine(), _ -> found[0]++);
        if (found[0] < expectQuarantined) {
            unmet.add("quarantine has %d records of at least %d".formatted(found[0], expectQuarantined));
        }
        return unmet;
    }

    private List<String> runTwice(RunFolder run) {
        Map<String, Integer> runs = new HashMap<>();
        run.readAgents(line -> {
            if (line.line() instanceof HistoryLine.AgentEntered in && runOnce.contains(in.request())) {
                runs.merge(in.request(), 1, Integer::sum);
            }
        });
        return runs.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(entry ->
                        "request %s was to run once, and ran %d times".formatted(entry.getKey(), entry.getValue()))
                .toList();
    }
}
