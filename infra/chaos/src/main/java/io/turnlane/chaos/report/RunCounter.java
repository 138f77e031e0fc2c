package io.turnlane.chaos.report;

import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.TopicRecord;
import io.turnlane.chaos.report.RunReport.FaultStatistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Computes the statistics of one run in one pass over each file. An instance counts one run. */
final class RunCounter {

    private static final class CountedFault {
        private final HistoryLine.FaultBegan begun;
        private int hits;
        private final List<Long> recoveries = new ArrayList<>();

        CountedFault(HistoryLine.FaultBegan begun) {
            this.begun = begun;
        }

        /** Returns the kind, and the target without a number: all processors count as one target. */
        String kind() {
            return begun.fault() + " " + begun.target().replaceFirst("-\\d+$", "");
        }
    }

    /** An agent call, which lasts until the end of the run unless its end was recorded. */
    private static final class CountedCall {
        private final HistoryLine.AgentEntered in;
        private long left = Long.MAX_VALUE;

        CountedCall(HistoryLine.AgentEntered in) {
            this.in = in;
        }
    }

    private final RunFolder folder;
    private final Set<String> canaries = new HashSet<>();
    private final Set<String> accepted = new HashSet<>();
    private final Map<String, CountedFault> faults = new TreeMap<>();
    private final Map<String, Double> figures = new TreeMap<>();
    private final Map<String, Map<String, Double>> lastFigures = new HashMap<>();
    private final Map<String, String> ends = new HashMap<>();
    private final Map<String, CountedCall> openCalls = new HashMap<>();
    private final List<CountedCall> calls = new ArrayList<>();
    /** Times at which the agent of a request was called or the request ended, by request. */
    private final Map<String, TreeSet<Long>> progressTimes = new HashMap<>();

    private int posts;
    private int suppressed;

    RunCounter(RunFolder folder) {
        this.folder = folder;
    }

    RunReport report(Verdict verdict, List<String> unmet) {
        folder.readHistory(line -> history(line.line()));
        folder.readAgents(line -> agent(line.line()));
        folder.readTopic(folder.events(), line -> event(line.line()));
        faults.values().forEach(this::addRecoveries);
        lastFigures.values().forEach(of -> of.forEach((name, value) -> figures.merge(name, value, Double::sum)));
        Map<String, Integer> byEnd = new TreeMap<>();
        ends.values().forEach(end -> byEnd.merge(end, 1, Integer::sum));
        long turnsRun = calls.stream().map(call -> call.in.request()).distinct().count();
        return new RunReport(
                folder.describe(),
                canaries.size(),
                posts,
                accepted.size(),
                byEnd,
                faultFigures(),
                calls.size(),
                Math.toIntExact(turnsRun),
                suppressed,
                figures,
                verdict,
                unmet);
    }

    private void history(HistoryLine line) {
        switch (line) {
            case HistoryLine.QuestionPosted ask -> {
                posts++;
                canaries.add(ask.canary());
            }
            case HistoryLine.QuestionAccepted ok -> accepted.add(ok.request());
            case HistoryLine.FaultBegan fault -> faults.put(fault.id(), new CountedFault(fault));
            case HistoryLine.FaultHealed heal -> healed(heal);
            case HistoryLine.CountersRead read -> lastFigures.put(read.process(), read.values());
            default -> {}
        }
    }

    private void healed(HistoryLine.FaultHealed heal) {
        CountedFault fault = faults.get(heal.id());
        if (fault != null) {
            fault.hits = heal.hits();
            if (heal.recoverySeconds() != null) {
                fault.recoveries.add((long) (heal.recoverySeconds() * 1e6));
            }
        }
    }

    private void agent(HistoryLine line) {
        switch (line) {
            case HistoryLine.AgentEntered in -> {
                CountedCall call = new CountedCall(in);
                calls.add(call);
                openCalls.put(in.process() + in.request() + in.attempt(), call);
                addProgress(in.request(), in.time());
            }
            case HistoryLine.AgentLeft out -> {
                CountedCall call = openCalls.remove(out.process() + out.request() + out.attempt());
                if (call != null) {
                    call.left = out.time();
                }
            }
            default -> {}
        }
    }

    private void event(TopicRecord event) {
        if (event.request() != null && event.type() != null && RequestFacts.isTerminal(event.type())) {
            if (ends.putIfAbsent(event.request(), event.type()) == null) {
                addProgress(event.request(), event.timestamp());
            } else {
                suppressed++;
            }
        }
    }

    private void addProgress(String request, long time) {
        progressTimes.computeIfAbsent(request, _ -> new TreeSet<>()).add(time);
    }

    /**
     * Adds the recovery times of a fault on a processor, one for each turn whose agent call the fault interrupted. A
     * recovery time lasts from the fault until the next agent call or the end of the turn.
     */
    private void addRecoveries(CountedFault fault) {
        long at = fault.begun.time();
        for (CountedCall call : calls) {
            if (call.in.process().equals(fault.begun.target()) && call.in.time() <= at && call.left > at) {
                Long next = progressTimes
                        .getOrDefault(call.in.request(), new TreeSet<>())
                        .higher(at);
                if (next != null) {
                    fault.recoveries.add(next - at);
                }
            }
        }
    }

    private Map<String, FaultStatistics> faultFigures() {
        Map<String, List<CountedFault>> byKind = new TreeMap<>();
        faults.values()
                .forEach(fault -> byKind.computeIfAbsent(fault.kind(), _ -> new ArrayList<>())
                        .add(fault));
        Map<String, FaultStatistics> all = new TreeMap<>();
        byKind.forEach((kind, of) -> {
            List<Long> recoveries =
                    of.stream().flatMap(fault -> fault.recoveries.stream()).toList();
            int hit = (int) of.stream().filter(fault -> fault.hits > 0).count();
            all.put(kind, new FaultStatistics(of.size(), hit, DurationPercentiles.ofMicros(recoveries)));
        });
        return all;
    }
}
