package io.turnlane.processor.intake;

import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn;
import java.util.function.Predicate;

/**
 * Handles the records of a poll thread. The poll thread calls all methods, so they must not block: implementations do
 * longer work on other threads.
 */
public interface RecordHandler {

    /** Handles a valid record. The implementation must complete or release the claim in the end. */
    void onTurn(Turn turn);

    /** Handles a record that is not valid. The implementation must complete the claim in the end. */
    void onUnreadable(Turn.Claim claim, TurnError error);

    /**
     * Releases the waiting turns of partitions that leave, and hands over or stops the running ones.
     *
     * @param belongsToPartitions matches the claims of these partitions
     * @param orderly true in an orderly revocation, which has time for a handover; false if the partitions already have
     *     a new owner
     */
    void onPartitionsLeaving(Predicate<Turn.Claim> belongsToPartitions, boolean orderly);
}
