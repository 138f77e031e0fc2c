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
 * What a run amounts to, in numbers.
 *
 * @param accepted questions that were accepted
 * @param completed turns whose answer stands in the log
 * @param failed turns whose error stands in the log
 * @param agentCalls times that an agent was entered
 * @param redeliveries agent calls beyond the first of each turn
 * @param suppressed terminal events in the log beyond the first of each turn, which no client may see
 * @param recovery by {@code kind target} of fault, kills of one while all others were up apart: from the fault until
 *     what it hit went on
 * @param internalErrors posts that were answered with 500
 * @param slowestAsk longest time that a post waited for its answer, in seconds
 * @param longestStall longest time in which turns were open and no agent, no client heard of any
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

    /** The gateway gives the log 5 s and Redis 2 s; the rest is a busy machine's. */
    private static final double LONGEST_ASK = 9;

    private static final double LONGEST_STALL = 15;
    private static final double LONGEST_RECOVERY = RigSettings.SESSION_TIMEOUT.toSeconds() + 3;
    private static final String ALONE = ", alone";
    private static final double MOST_CALLS_IN_STORM = 1.05;
    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    static RunMeasurements of(RunFolder folder, List<InjectedFault> faults, Collection<Resumption> resumptions) {
        MeasurementReader reading = new MeasurementReader(faults);
        folder.readHistory(line -> reading.note(line.line()));
        folder.readAgents(line -> reading.note(line.line()));
        Map<String, Integer> ends = new HashMap<>();
        Map<String, Integer> kinds = new HashMap<>();
        folder.readTopic(folder.events(), event -> count(event.line(), ends, kinds));
        int twins = ends.values().stream().mapToInt(count -> count - 1).sum();
        return new RunMeasurements(
                reading.accepted.size(),
                kinds.getOrDefault("completed", 0),
                kinds.getOrDefault("failed", 0),
                reading.calls,
                reading.calls - reading.entered.size(),
                twins,
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
                reading.went(i).forEach(at -> of.add(at - fault.at()));
            }
        }
        Map<String, RecoveryTimes> spreads = new TreeMap<>();
        times.forEach((kind, of) -> spreads.put(kind, RecoveryTimes.ofMicros(of)));
        return spreads;
    }

    /** Of one kind are all processors, and all gateways; kills of one while all others were up stand apart. */
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

    /** What a scenario's own row asks of the numbers, a sentence for each that isn't so. */
    List<String> unmet(Scenario scenario, Form form) {
        List<String> unmet = new ArrayList<>();
        if (internalErrors > 0) {
            unmet.add("%d posts were answered with 500, which no fault excuses".formatted(internalErrors));
        }
        if (scenario == Scenario.F5 && slowestAsk > LONGEST_ASK) {
            unmet.add("a post waited %.1f s for its answer".formatted(slowestAsk));
        }
        RecoveryTimes killed = recovery.get("kill processor" + ALONE);
        if (scenario == Scenario.F1 && form == Form.FULL && killed != null && killed.p99() > LONGEST_RECOVERY) {
            unmet.add("turns of a killed processor went on after %.1f s (p99)".formatted(killed.p99()));
        }
        if (scenario == Scenario.F14 && longestStall > LONGEST_STALL) {
            unmet.add("nothing moved for %.1f s".formatted(longestStall));
        }
        if (scenario == Scenario.F14 && form == Form.FULL && callsPerTurn() > MOST_CALLS_IN_STORM) {
            unmet.add("%.3f agent calls a turn in a storm".formatted(callsPerTurn()));
        }
        return unmet;
    }

    /** Turns asked for each agent call; 1 where nothing was run twice. */
    public double callsPerTurn() {
        int turns = agentCalls - redeliveries;
        return turns == 0 ? 0 : (double) agentCalls / turns;
    }

    /** Gathers what the lines of a run tell. */
    private static final class MeasurementReader {
        private final List<InjectedFault> faults;
        private final List<Map<String, Long>> wentOn = new ArrayList<>();
        private final Set<String> accepted = new HashSet<>();
        private final Set<String> entered = new HashSet<>();
        private final List<Long> signs = new ArrayList<>();
        private final Map<String, Long> asked = new HashMap<>();
        private int calls;
        private int internalErrors;
        private long slowestAsk;

        MeasurementReader(List<InjectedFault> faults) {
            this.faults = faults;
            faults.forEach(_ -> wentOn.add(new HashMap<>()));
        }

        void note(HistoryLine line) {
            switch (line) {
                case HistoryLine.QuestionAccepted it -> {
                    answered(it.process(), it.time());
                    accepted.add(it.request());
                }
                case HistoryLine.EventReceived it -> {
                    signs.add(it.time());
                    if (ENDS.contains(it.event())) {
                        sign(String.valueOf(it.request()), it.time());
                    }
                }
                case HistoryLine.StatusPolled it when ENDS.contains(it.status()) -> sign(it.request(), it.time());
                case HistoryLine.AgentEntered it -> {
                    calls++;
                    entered.add(it.request());
                    sign(it.request(), it.time());
                }
                case HistoryLine.AgentLeft it -> signs.add(it.time());
                case HistoryLine.QuestionPosted it -> {
                    signs.add(it.time());
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

        /** A turn went on: an agent was given it, or a client learned of its end. */
        private void sign(String request, long time) {
            signs.add(time);
            for (int i = 0; i < faults.size(); i++) {
                InjectedFault fault = faults.get(i);
                if (time > fault.at() && fault.hit().contains(request)) {
                    wentOn.get(i).merge(request, time, Math::min);
                }
            }
        }

        private void answered(String client, long time) {
            slowestAsk = Math.max(slowestAsk, time - asked.getOrDefault(client, time));
        }

        Collection<Long> went(int fault) {
            return wentOn.get(fault).values();
        }

        /** Clients ask all the time, so that silence means that all of them wait. */
        double longestStall() {
            signs.sort(Long::compare);
            long longest = 0;
            for (int i = 1; i < signs.size(); i++) {
                longest = Math.max(longest, signs.get(i) - signs.get(i - 1));
            }
            return longest / 1e6;
        }
    }
}
