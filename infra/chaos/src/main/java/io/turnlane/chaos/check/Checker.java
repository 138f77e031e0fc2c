package io.turnlane.chaos.check;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.check.rule.Rule;
import io.turnlane.chaos.check.rule.Rules;
import io.turnlane.chaos.history.RunFolder;
import java.util.List;

/**
 * Checks a run against the promises. Reads each file at most twice, from start to end. Memory use grows with the number
 * of requests and agent calls, not with the number of events.
 *
 * <p>If the outcome of an operation is unknown, the checker assumes, like Jepsen, that the operation either never
 * happened or happened at any time after it began. It reports a violation only if both assumptions contradict the
 * promises.
 */
public final class Checker {

    private Checker() {}

    /** Checks a run whose facts are not needed otherwise. */
    static Verdict check(RunFolder run) {
        return check(run, Facts.of(run));
    }

    /**
     * Checks the run.
     *
     * @param facts facts of the same run
     * @throws IllegalArgumentException if a line cannot be parsed
     * @throws java.io.UncheckedIOException if a file is missing
     */
    public static Verdict check(RunFolder run, Facts facts) {
        Findings findings = new Findings();
        List<Rule> rules = Rules.all(facts, findings);
        run.readTopic(run.turns(), line -> rules.forEach(rule -> rule.onTurn(line)));
        run.readTopic(run.events(), line -> rules.forEach(rule -> rule.onEvent(line)));
        run.readHistory(line -> rules.forEach(rule -> rule.onHistory(line)));
        run.readAgents(line -> rules.forEach(rule -> rule.onAgent(line)));
        run.readMemory(line -> rules.forEach(rule -> rule.onMemory(line)));
        rules.forEach(Rule::finish);
        return findings.verdict();
    }
}
