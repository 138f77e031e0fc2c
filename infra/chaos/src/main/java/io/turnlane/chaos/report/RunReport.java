package io.turnlane.chaos.report;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import java.util.List;
import java.util.Map;

/**
 * Statistics and verdict of one run.
 *
 * @param questions number of questions that clients asked, regardless of retries
 * @param posts number of posts of these questions
 * @param accepted number of requests whose acceptance a client received
 * @param ends number of requests by terminal event type
 * @param faults statistics by kind and target, as {@code kill processor}
 * @param agentCalls number of agent calls
 * @param turnsRun number of turns with at least one agent call
 * @param suppressed number of terminal events after the first of each request; no client receives them
 * @param figures counters of the processes, summed by name
 * @param unmet requirements beyond the invariants that the run did not meet, one sentence each
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
     * Statistics of the faults of one kind.
     *
     * @param times number of faults
     * @param hit number of faults that hit work in progress
     * @param recovery recovery times of the turns whose agent calls the faults interrupted: from the fault on the
     *     processor until the next agent call or the end of the turn
     */
    public record FaultStatistics(int times, int hit, DurationPercentiles recovery) {}

    public RunReport {
        ends = Map.copyOf(ends);
        faults = Map.copyOf(faults);
        figures = Map.copyOf(figures);
        unmet = List.copyOf(unmet);
    }

    /** Computes the report from the files of the run. */
    public static RunReport of(RunFolder folder, Verdict verdict, List<String> unmet) {
        return new RunCounter(folder).report(verdict, unmet);
    }

    /** Returns true if everything held. */
    public boolean clean() {
        return verdict.clean() && unmet.isEmpty();
    }

    /** Returns the number of agent calls beyond the first of each turn. */
    public int redeliveries() {
        return agentCalls - turnsRun;
    }

    /** Returns the number of agent calls per turn; 1 if no turn ran twice, 0 if no turn ran. */
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
