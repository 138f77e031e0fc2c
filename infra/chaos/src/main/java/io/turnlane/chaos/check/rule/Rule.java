package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.TopicRecord;

/**
 * Checks one or more invariants. The checker passes every line of a run to the rule: the turns topic, the events topic,
 * the history, the agent files and memory, in this order. It then calls {@link #finish}. The facts are complete before
 * the first line.
 */
public interface Rule {

    default void onTurn(Located<TopicRecord> turn) {}

    default void onEvent(Located<TopicRecord> event) {}

    default void onHistory(Located<HistoryLine> line) {}

    default void onAgent(Located<HistoryLine> line) {}

    default void onMemory(Located<StoredSession> state) {}

    default void finish() {}
}
