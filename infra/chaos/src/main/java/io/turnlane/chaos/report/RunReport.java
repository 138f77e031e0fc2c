package io.turnlane.chaos.report;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import java.util.List;
import java.util.Map;

/**
 * One run in figures.
 *
 * @param questions that clients asked, each counted once however often it was posted
 * @param posts of them
 * @param accepted requests that a client was told of
 * @param ends requests by how they ended
 * @param faults by kind and target, as {@code kill processor}
 * @param agentCalls times that an agent was entered
 * @param turnsRun turns whose agent was entered at least once
 * @param suppressed records of ends beyond the first of each request, which no client sees
 * @param figures counters of processes, summed by name
 * @param unmet what else did not hold, which only the run itself can know of, a sentence each
 */
public record RunReport(
        RunDescription run,
        int questions,
        int posts,
        int accepted,
        Map<String, Integer> ends,
        Map<String, FaultStatistics> faults,
        int agentCalls,
        int turnsRun,
        int suppressed,
        Map<String, Double> figures,
        Verdict verdict,
        List<String> unmet) {

    /**
     * Faults of one kind.
     *
     * @param hit how many of them hit work in flight
     * @param recovery from a fault on a processor until each turn whose agent's call it broke off went on
     */
    public record FaultStatistics(int times, int hit, DurationPercentiles recovery) {}

    public RunReport {
        ends = Map.copyOf(ends);
        faults = Map.copyOf(faults);
        figures = Map.copyOf(figures);
        unmet = List.copyOf(unmet);
    }

    /** Reads the run's folder. */
    public static RunReport of(RunFolder folder, Verdict verdict, List<String> unmet) {
        return new RunCounter(folder).report(verdict, unmet);
    }

    /** Whether all held. */
    public boolean clean() {
        return verdict.clean() && unmet.isEmpty();
    }

    /** Agent calls beyond the first of each turn. */
    public int redeliveries() {
        return agentCalls - turnsRun;
    }

    /** 1 where nothing was run twice. */
    public double callsPerTurn() {
        return turnsRun == 0 ? 0 : (double) agentCalls / turnsRun;
    }

    public int faultCount() {
        return faults.values().stream().mapToInt(FaultStatistics::times).sum();
    }

    public int hits() {
        return faults.values().stream().mapToInt(FaultStatistics::hit).sum();
    }
}
