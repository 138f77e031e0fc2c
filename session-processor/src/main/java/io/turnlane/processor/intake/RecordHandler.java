package io.turnlane.processor.intake;

import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn;
import java.util.function.Predicate;

/**
 * Handles the records of a poll thread. The poll thread calls all methods, so they must not block. Implementations do
 * longer work on other threads.
 */
public interface RecordHandler {

    /**
     * Handles a valid record. When the work on it ends, the implementation must complete or release the turn's claim on
     * the record. The record's offset stays open until the claim is completed.
     */
    void onTurn(Turn turn);

    /**
     * Handles a record that is not valid. The implementation must eventually complete the claim on the record, because
     * no later offset can be committed before.
     */
    void onUnreadable(Turn.Claim claim, TurnError error);

    /**
     * Handles offsets for which no record was delivered. The implementation must complete them eventually, because no
     * later offset can be committed before.
     */
    default void onSkipped(SkippedRecords skipped) {
        skipped.complete();
    }

    /**
     * Releases the waiting turns of partitions that leave this processor. Hands over or stops their running turns. A
     * turn that is handed over may still end within a bounded time.
     *
     * @param belongsToPartitions tests a turn's claim; true if the turn's record is on a leaving partition
     * @param orderly true if the partitions have no new owner yet, so that there is time for a handover; false if they
     *     already have one
     */
    void onPartitionsLeaving(Predicate<Turn.Claim> belongsToPartitions, boolean orderly);
}
