package io.turnlane.processor.rebuild.recall;

import java.util.function.BooleanSupplier;

/** The log of sessions: commands and events of a partition, merged by their timestamps. */
public interface SessionLog {

    /**
     * Reads a partition up to its current end. Commands are read from an earlier time than events, because a question
     * can be older than the events of its turn. All commands from {@code firstOpen} on are read.
     *
     * @param firstOpen offset of the first record of the turns topic that could be delivered again
     * @param collector receives the content of the partition, without records that can't be read, whose turns never ran
     * @param proceed called repeatedly during the pass; if it returns false, the pass stops early
     * @return true if the pass reached the end
     * @throws io.turnlane.processor.turn.Turn.LogUnavailableException if the log doesn't answer
     */
    boolean readPartition(int partition, long firstOpen, RecallCollector collector, BooleanSupplier proceed);
}
