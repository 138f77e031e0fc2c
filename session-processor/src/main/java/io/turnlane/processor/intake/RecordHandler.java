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
     * Handles a valid record. The implementation must complete or release the turn's claim (the right to work on the
     * record) when it no longer works on the record.
     */
    void onTurn(Turn turn);

    /** Handles a record that is not valid. The implementation must eventually complete the claim. */
    void onUnreadable(Turn.Claim claim, TurnError error);

    /**
     * Handles offsets for which no record was delivered. The implementation must complete them eventually, because no
     * later offset can be committed before.
     */
    default void onSkipped(SkippedRecords skipped) {
        skipped.complete();
    }

    /**
     * Releases the waiting turns of partitions that leave this processor. Hands over the running turns, which means
     * that they may end within a bounded time, or stops them.
     *
     * @param belongsToPartitions matches the claims of these partitions
     * @param orderly true if the partitions have no new owner yet, so that there is time for a handover; false if they
     *     already have a new owner
     */
    void onPartitionsLeaving(Predicate<Turn.Claim> belongsToPartitions, boolean orderly);
}
