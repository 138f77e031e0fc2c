package io.turnlane.chaos.check;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.check.rule.Rule;
import io.turnlane.chaos.history.RunFolder;
import java.util.List;

/**
 * Holds a run against the promises. Each file is read twice at most, from start to end; memory grows with the number of
 * requests and agent calls, not with that of events.
 *
 * <p>Operations whose outcome nobody knows are treated as Jepsen does: they may have happened at any time after they
 * began, or never, and both must be fine.
 */
public final class Checker {

    private Checker() {}

    /**
     * Checks the run.
     *
     * @throws IllegalArgumentException where a line can't be read
     * @throws java.io.UncheckedIOException where a file is missing
     */
    public static Verdict check(RunFolder run) {
        Findings findings = new Findings();
        Facts facts = Facts.of(run);
        List<Rule> rules = Rule.all(facts, findings);
        run.readTopic(run.turns(), line -> rules.forEach(rule -> rule.onTurn(line)));
        run.readTopic(run.events(), line -> rules.forEach(rule -> rule.onEvent(line)));
        run.readHistory(line -> rules.forEach(rule -> rule.onHistory(line)));
        run.readAgents(line -> rules.forEach(rule -> rule.onAgent(line)));
        run.readMemory(line -> rules.forEach(rule -> rule.onMemory(line)));
        rules.forEach(Rule::finish);
        return findings.verdict();
    }
}
