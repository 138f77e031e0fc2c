package io.turnlane.processor.turn;

import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.turn.Turn.Claim;

/** Detects and rebuilds data that Redis has lost. Lane threads call this interface when they run turns. */
public interface LostMemory {

    /**
     * Returns true if a turn may begin. This is the case if the data of its partition is known to be complete, or if
     * turns have waited for the rebuild for the maximum time. Never blocks.
     */
    boolean isReady(Claim claim);

    /**
     * Reports that a turn's data is missing in Redis, and checks at once if Redis has lost data. Blocks for at most the
     * store's timeout.
     *
     * @param session true if the session is missing; false if the request record is missing
     * @return true if the turn must wait until {@link #isReady} returns true; false if the missing data was not lost,
     *     or if it cannot be restored
     */
    boolean reportMissing(Claim claim, boolean session);

    /**
     * Restores the missing data of the command's session from the log. Blocks while it reads the partition. Repeating
     * the call is harmless.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException if Redis does not answer
     * @throws Turn.LogUnavailableException if Kafka does not answer
     */
    RestoreResult rebuild(Turn command);
}
