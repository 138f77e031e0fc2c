package io.turnlane.processor.turn;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.quarantine.QuarantinedTurn;
import java.time.Instant;

/**
 * A session command as its lane holds it: still unread, with the claim under which it may be worked on.
 *
 * @param type the record's type header
 * @param value the command's JSON
 * @param partition of the turns topic
 * @param loggedAt the record's timestamp
 */
public record Turn(
        SessionKey session,
        RequestId requestId,
        String type,
        byte[] value,
        int partition,
        long offset,
        Instant loggedAt,
        Claim claim) {

    /** What entitles a processor to work on a turn. Safe for threads. */
    public interface Claim {

        /** The current token of the partition's assignment. */
        long fence();

        /** Whether the partition is still ours, as far as we know. */
        boolean held();

        /** Asks for a newer token, where a write was refused though the partition is still ours. */
        void renewFence();

        /** What followed from the turn is safe: its offset may be committed. Ends the claim. */
        void complete();

        /** The turn is somebody else's now, or is to be delivered again: its offset stays open. Ends the claim. */
        void letGo();

        /** The record as it came, for quarantine. */
        QuarantinedTurn quarantined(TurnError error, int attempts);
    }
}
