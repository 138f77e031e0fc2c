package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Injected;
import io.turnlane.chaos.fault.Kind;
import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.TopicRecord;
import io.turnlane.chaos.load.Resumption;
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
 * @param recovery by {@code kind target} of fault: from the fault until what it hit went on
 * @param longestStall longest time in which turns were open and no agent, no client heard of any
 */
public record Measured(
        int accepted,
        int completed,
        int failed,
        int agentCalls,
        int redeliveries,
        int suppressed,
        Map<String, Spread> recovery,
        double longestStall) {

    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    static Measured of(RunFolder folder, List<Injected> faults, Collection<Resumption> resumptions) {
        Reading reading = new Reading(faults);
        folder.readHistory(line -> reading.note(line.line()));
        folder.readAgents(line -> reading.note(line.line()));
        Map<String, Integer> ends = new HashMap<>();
        Map<String, Integer> kinds = new HashMap<>();
        folder.readTopic(folder.events(), event -> count(event.line(), ends, kinds));
        int twins = ends.values().stream().mapToInt(count -> count - 1).sum();
        return new Measured(
                reading.accepted.size(),
                kinds.getOrDefault("completed", 0),
                kinds.getOrDefault("failed", 0),
                reading.calls,
                reading.calls - reading.entered.size(),
                twins,
                recovery(faults, reading, resumptions),
                reading.longestStall());
    }

    private static void count(TopicRecord event, Map<String, Integer> ends, Map<String, Integer> kinds) {
        String type = String.valueOf(event.type());
        if (event.request() != null && ENDS.contains(type) && ends.merge(event.request(), 1, Integer::sum) == 1) {
            kinds.merge(type, 1, Integer::sum);
        }
    }

    private static Map<String, Spread> recovery(
            List<Injected> faults, Reading reading, Collection<Resumption> resumptions) {
        Map<String, List<Long>> times = new TreeMap<>();
        for (int i = 0; i < faults.size(); i++) {
            Injected fault = faults.get(i);
            List<Long> of = times.computeIfAbsent(name(fault), _ -> new ArrayList<>());
            if (fault.fault().target().startsWith("gateway-")) {
                resumptions.stream()
                        .filter(resumption -> resumption.cutAt() >= fault.at() && resumption.cutAt() <= fault.healed())
                        .forEach(resumption -> of.add(resumption.resumedAt() - resumption.cutAt()));
            } else {
                reading.went(i).forEach(at -> of.add(at - fault.at()));
            }
        }
        Map<String, Spread> spreads = new TreeMap<>();
        times.forEach((kind, of) -> spreads.put(kind, Spread.ofMicros(of)));
        return spreads;
    }

    /** Of one kind are all processors, and all gateways. */
    static String name(Injected fault) {
        Kind kind = fault.fault().kind();
        return kind.word() + " " + fault.fault().target().replaceFirst("-\\d+$", "");
    }

    /** Turns asked for each agent call; 1 where nothing was run twice. */
    public double callsPerTurn() {
        int turns = agentCalls - redeliveries;
        return turns == 0 ? 0 : (double) agentCalls / turns;
    }

    /** Gathers what the lines of a run tell. */
    private static final class Reading {
        private final List<Injected> faults;
        private final List<Map<String, Long>> wentOn = new ArrayList<>();
        private final Set<String> accepted = new HashSet<>();
        private final Set<String> entered = new HashSet<>();
        private final List<Long> signs = new ArrayList<>();
        private int calls;

        Reading(List<Injected> faults) {
            this.faults = faults;
            faults.forEach(_ -> wentOn.add(new HashMap<>()));
        }

        void note(Line line) {
            switch (line) {
                case Line.Accepted it -> accepted.add(it.request());
                case Line.Received it -> {
                    signs.add(it.time());
                    if (ENDS.contains(it.event())) {
                        sign(String.valueOf(it.request()), it.time());
                    }
                }
                case Line.Polled it when ENDS.contains(it.status()) -> sign(it.request(), it.time());
                case Line.AgentEntered it -> {
                    calls++;
                    entered.add(it.request());
                    sign(it.request(), it.time());
                }
                case Line.AgentLeft it -> signs.add(it.time());
                case Line.Asked it -> signs.add(it.time());
                default -> {}
            }
        }

        /** A turn went on: an agent was given it, or a client learned of its end. */
        private void sign(String request, long time) {
            signs.add(time);
            for (int i = 0; i < faults.size(); i++) {
                Injected fault = faults.get(i);
                if (time > fault.at() && fault.hit().contains(request)) {
                    wentOn.get(i).merge(request, time, Math::min);
                }
            }
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
