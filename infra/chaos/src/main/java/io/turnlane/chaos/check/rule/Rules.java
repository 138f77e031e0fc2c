package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.finding.Findings;
import java.util.List;

/** The rules of the checker. */
public final class Rules {

    private Rules() {}

    /** Returns all rules for one run. */
    public static List<Rule> all(Facts facts, Findings findings) {
        return List.of(
                new EndRule(facts, findings),
                new AskRule(findings),
                new OrderRule(facts, findings),
                new MemoryRule(facts, findings),
                new MixingRule(facts, findings),
                new StateRule(facts, findings),
                new SettledRule(facts, findings),
                new FrontierRule(facts, findings),
                new AgentRule(facts, findings),
                new CancelRule(facts, findings),
                new StreamRule(facts, findings));
    }
}
