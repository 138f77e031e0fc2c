package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.TopicRecord;
import java.util.List;

/**
 * Something that must hold. Shown every line of a run, topic by topic, then history, agents and memory, and asked at
 * the end. The facts are complete from the beginning.
 */
public interface Rule {

    /** All of them. */
    static List<Rule> all(Facts facts, Findings findings) {
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
                new StreamRule(facts, findings));
    }

    default void onTurn(Located<TopicRecord> turn) {}

    default void onEvent(Located<TopicRecord> event) {}

    default void onHistory(Located<HistoryLine> line) {}

    default void onAgent(Located<HistoryLine> line) {}

    default void onMemory(Located<StoredSession> state) {}

    default void finish() {}
}
