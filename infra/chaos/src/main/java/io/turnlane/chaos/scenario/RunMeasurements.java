package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.FaultKind;
import io.turnlane.chaos.fault.InjectedFault;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.TopicRecord;
import io.turnlane.chaos.load.Resumption;
import io.turnlane.chaos.rig.RigSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Measurements of a run.
 *
 * @param accepted number of accepted questions
 * @param completed number of turns with a completed event in the log
 * @param failed number of turns with a failed event in the log
 * @param agentCalls number of agent calls
 * @param redeliveries number of agent calls beyond the first of each turn
 * @param suppressed number of terminal events in the log after the first of each turn; no client receives them
 * @param recovery recovery times by kind and target, as {@code kill processor}. For a gateway, a recovery time lasts
 *     from the break of a stream until a gateway serves the stream again. For any other target, it lasts from the fault
 *     until a turn that the fault hit continues. Kills that overlap with no other fault have a separate entry
 * @param internalErrors number of posts that were answered with 500
 * @param slowestAsk longest time from a post to its response, in seconds
 * @param longestStall longest time without a post, an agent call, an event or an observed end, in seconds
 */
public record RunMeasurements(
        int accepted,
        int completed,
        int failed,
        int agentCalls,
        int redeliveries,
        int suppressed,
        Map<String, RecoveryTimes> recovery,
        int internalErrors,
        double slowestAsk,
        double longestStall) {

    /**
     * Maximum for {@code slowestAsk}, in seconds. A gateway waits up to 5 s for Kafka and 2 s for Redis; the other 2 s
     * allow for a busy machine.
     */
    private static final double MAX_ASK = 9;

    private static final double MAX_STALL = 15;
    private static final double MAX_RECOVERY = RigSettings.SESSION_TIMEOUT.toSeconds() + 3;
    private static final String ALONE = ", alone";
    private static final double MAX_CALLS_IN_STORM = 1.05;
    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    static RunMeasurements of(RunFolder folder, List<InjectedFault> faults, Collection<Resumption> resumptions) {
        MeasurementReader reading = new MeasurementReader(faults);
        folder.readHistory(line -> reading.note(line.line()));
        folder.readAgents(line -> reading.note(line.line()));
        Map<String, Integer> ends = new HashMap<>();
        Map<String, Integer> kinds = new HashMap<>();
        folder.readTopic(folder.events(), event -> count(event.line(), ends, kinds));
        int duplicateEnds = ends.values().stream().mapToInt(count -> count - 1).sum();
        return new RunMeasurements(
                reading.accepted.size(),
                kinds.getOrDefault("completed", 0),
                kinds.getOrDefault("failed", 0),
                reading.calls,
                reading.calls - reading.entered.size(),
                duplicateEnds,
                recovery(faults, reading, resumptions),
                reading.internalErrors,
                reading.slowestAsk / 1e6,
                reading.longestStall());
    }

    private static void count(TopicRecord event, Map<String, Integer> ends, Map<String, Integer> kinds) {
        String type = String.valueOf(event.type());
        if (event.request() != null && ENDS.contains(type) && ends.merge(event.request(), 1, Integer::sum) == 1) {
            kinds.merge(type, 1, Integer::sum);
        }
    }

    private static Map<String, RecoveryTimes> recovery(
            List<InjectedFault> faults, MeasurementReader reading, Collection<Resumption> resumptions) {
        Map<String, List<Long>> times = new TreeMap<>();
        for (int i = 0; i < faults.size(); i++) {
            InjectedFault fault = faults.get(i);
            List<Long> of = times.computeIfAbsent(name(fault, faults), _ -> new ArrayList<>());
            if (fault.fault().target().startsWith("gateway-")) {
                resumptions.stream()
                        .filter(resumption -> resumption.cutAt() >= fault.at() && resumption.cutAt() <= fault.healed())
                        .forEach(resumption -> of.add(resumption.resumedAt() - resumption.cutAt()));
            } else {
                reading.continuedAt(i).forEach(at -> of.add(at - fault.at()));
            }
        }
        Map<String, RecoveryTimes> percentiles = new TreeMap<>();
        times.forEach((kind, of) -> percentiles.put(kind, RecoveryTimes.ofMicros(of)));
        return percentiles;
    }

    /**
     * Returns the kind of the fault, and its target without a number: all processors count as one target. Kills of a
     * processor or a gateway that overlap with no other fault have a separate name.
     */
    private static String name(InjectedFault fault, List<InjectedFault> all) {
        FaultKind kind = fault.fault().kind();
        String target = fault.fault().target();
        String kindOfTarget = target.replaceFirst("-\\d+$", "");
        boolean oneOfSeveral = kind == FaultKind.KILL && !kindOfTarget.equals(target);
        boolean alone = oneOfSeveral && all.stream().noneMatch(other -> !other.equals(fault) && overlap(fault, other));
        return kind.word() + " " + kindOfTarget + (alone ? ALONE : "");
    }

    private static boolean overlap(InjectedFault one, InjectedFault other) {
        return one.at() <= other.healed() && other.at() <= one.healed();
    }

    /** Returns the requirements of the scenario that the measurements do not meet, one sentence each. */
    List<String> unmet(Scenario scenario, Form form) {
        List<String> unmet = new ArrayList<>();
        if (internalErrors > 0) {
            unmet.add("%d posts were answered with 500, which no fault excuses".formatted(internalErrors));
        }
        if (scenario == Scenario.F5 && slowestAsk > MAX_ASK) {
            unmet.add("a post was answered only after %.1f s".formatted(slowestAsk));
        }
        RecoveryTimes killed = recovery.get("kill processor" + ALONE);
        if (scenario == Scenario.F1 && form == Form.FULL && killed != null && killed.p99() > MAX_RECOVERY) {
            unmet.add("turns of a killed processor continued only after %.1f s (p99)".formatted(killed.p99()));
        }
        if (scenario == Scenario.F14 && longestStall > MAX_STALL) {
            unmet.add("there was no progress for %.1f s".formatted(longestStall));
        }
        if (scenario == Scenario.F14 && form == Form.FULL && callsPerTurn() > MAX_CALLS_IN_STORM) {
            unmet.add("%.3f agent calls per turn while members joined and left the group".formatted(callsPerTurn()));
        }
        return unmet;
    }

    /** Returns the number of agent calls per turn; 1 if no turn ran twice, 0 if no turn ran. */
    public double callsPerTurn() {
        int turns = agentCalls - redeliveries;
        return turns == 0 ? 0 : (double) agentCalls / turns;
    }

    /** Collects measurements from the lines of a run. */
    private static final class MeasurementReader {
        private final List<InjectedFault> faults;
        private final List<Map<String, Long>> continued = new ArrayList<>();
        private final Set<String> accepted = new HashSet<>();
        private final Set<String> entered = new HashSet<>();
        private final List<Long> progressTimes = new ArrayList<>();
        private final Map<String, Long> asked = new HashMap<>();
        private int calls;
        private int internalErrors;
        private long slowestAsk;

        MeasurementReader(List<InjectedFault> faults) {
            this.faults = faults;
            faults.forEach(_ -> continued.add(new HashMap<>()));
        }

        void note(HistoryLine line) {
            switch (line) {
                case HistoryLine.QuestionAccepted it -> {
                    answered(it.process(), it.time());
                    accepted.add(it.request());
                }
                case HistoryLine.EventReceived it -> {
                    progressTimes.add(it.time());
                    if (ENDS.contains(it.event())) {
                        progress(String.valueOf(it.request()), it.time());
                    }
                }
                case HistoryLine.StatusPolled it when ENDS.contains(it.status()) -> progress(it.request(), it.time());
                case HistoryLine.AgentEntered it -> {
                    calls++;
                    entered.add(it.request());
                    progress(it.request(), it.time());
                }
                case HistoryLine.AgentLeft it -> progressTimes.add(it.time());
                case HistoryLine.QuestionPosted it -> {
                    progressTimes.add(it.time());
                    asked.put(it.process(), it.time());
                }
                case HistoryLine.QuestionUnresolved it -> {
                    answered(it.process(), it.time());
                    internalErrors += Integer.valueOf(500).equals(it.http()) ? 1 : 0;
                }
                case HistoryLine.QuestionRejected it -> answered(it.process(), it.time());
                default -> {}
            }
        }

        /** Records that a turn continued: its agent was called, or a client saw its end. */
        private void progress(String request, long time) {
            progressTimes.add(time);
            for (int i = 0; i < faults.size(); i++) {
                InjectedFault fault = faults.get(i);
                if (time > fault.at() && fault.hit().contains(request)) {
                    continued.get(i).merge(request, time, Math::min);
                }
            }
        }

        private void answered(String client, long time) {
            slowestAsk = Math.max(slowestAsk, time - asked.getOrDefault(client, time));
        }

        Collection<Long> continuedAt(int fault) {
            return continued.get(fault).values();
        }

        /**
         * Returns the longest time without progress, in seconds. Clients ask continuously, so in this time every client
         * was waiting.
         */
        double longestStall() {
            progressTimes.sort(Long::compare);
            long longest = 0;
            for (int i = 1; i < progressTimes.size(); i++) {
                longest = Math.max(longest, progressTimes.get(i) - progressTimes.get(i - 1));
            }
            return longest / 1e6;
        }
    }
}
