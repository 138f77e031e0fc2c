package io.turnlane.processor.intake;

import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn;
import java.util.function.Predicate;

/**
 * Where the poll thread hands its records to. Called by the poll thread, and so must never block: what takes time goes
 * to other threads.
 */
public interface RecordHandler {

    /** A turn for its lane. */
    void onTurn(Turn turn);

    /** A record that is no turn: to be put aside, and its claim completed. */
    void onUnreadable(Turn.Claim claim, TurnError error);

    /**
     * A partition leaves: what waits of it is to be let go, what runs to be handed over or stopped.
     *
     * @param patient whether there is time for that; else the partition is somebody else's already
     */
    void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient);
}
