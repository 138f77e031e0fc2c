package io.turnlane.chaos.report;

import io.turnlane.chaos.check.facts.Activity;
import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.FaultWindow;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.facts.RequestFacts.RequestEnd;
import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.history.RunDescription;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
 * @param internalErrors number of posts that were answered with 500
 * @param slowestAsk longest time from a post to its response, in seconds
 * @param longestStall longest time without a post, an agent call, an event or an observed end, in seconds
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
        int internalErrors,
        double slowestAsk,
        double longestStall,
        Verdict verdict,
        List<String> unmet) {

    /**
     * Statistics of the faults of one kind.
     *
     * @param times number of faults
     * @param hit number of faults that hit work in progress
     * @param recovery {@linkplain Facts#recoveryTimes recovery times}
     * @param recoveryAlone recovery times after the kills of a processor or gateway that overlap with no other fault
     */
    public record FaultStatistics(
            int times, int hit, DurationPercentiles recovery, DurationPercentiles recoveryAlone) {}

    public RunReport {
        ends = Map.copyOf(ends);
        faults = Map.copyOf(faults);
        unmet = List.copyOf(unmet);
    }

    /** Computes the report of a run that met all requirements beyond the invariants. */
    public static RunReport of(Facts facts, Verdict verdict) {
        Activity activity = facts.activity();
        return new RunReport(
                facts.run(),
                activity.questions(),
                activity.posts(),
                (int) facts.requests().stream()
                        .filter(request -> request.accepted() != null)
                        .count(),
                facts.requests().stream()
                        .flatMap(request -> Stream.ofNullable(request.end()))
                        .collect(Collectors.toMap(RequestEnd::type, _ -> 1, Integer::sum)),
                facts.faults().stream()
                        .collect(Collectors.groupingBy(
                                FaultWindow::kind,
                                Collectors.collectingAndThen(Collectors.toList(), of -> statistics(of, facts)))),
                activity.agentCalls().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum(),
                activity.agentCalls().size(),
                facts.requests().stream().mapToInt(RequestFacts::duplicateEnds).sum(),
                activity.internalErrors(),
                activity.slowestAsk() / 1e6,
                activity.longestStall() / 1e6,
                verdict,
                List.of());
    }

    private static FaultStatistics statistics(List<FaultWindow> faults, Facts facts) {
        return new FaultStatistics(
                faults.size(),
                (int) faults.stream().filter(fault -> fault.hits() > 0).count(),
                recovery(faults.stream(), facts),
                recovery(faults.stream().filter(fault -> isSingleKill(fault, facts.faults())), facts));
    }

    private static DurationPercentiles recovery(Stream<FaultWindow> faults, Facts facts) {
        return DurationPercentiles.ofMicros(
                faults.flatMap(fault -> facts.recoveryTimes(fault).stream()).toList());
    }

    private static boolean isSingleKill(FaultWindow kill, List<FaultWindow> all) {
        return kill.fault().fault().equals("kill")
                && !kill.kind().endsWith(kill.target())
                && all.stream().noneMatch(other -> !other.equals(kill) && other.overlaps(kill.began(), kill.healed()));
    }

    /** Returns the same report with requirements that the run did not meet. */
    public RunReport withUnmet(List<String> requirements) {
        return new RunReport(
                run,
                questions,
                posts,
                accepted,
                ends,
                faults,
                agentCalls,
                turnsRun,
                suppressed,
                internalErrors,
                slowestAsk,
                longestStall,
                verdict,
                requirements);
    }

    /** Returns true if the checker found a violation that the run's control causes. */
    boolean foundControl() {
        return Control.named(run.control())
                .map(control -> control.isFound(verdict))
                .orElse(false);
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
