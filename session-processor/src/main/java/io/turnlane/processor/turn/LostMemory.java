package io.turnlane.processor.turn;

import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.store.memory.SessionRestore.RestoreResult;

/** Detects and rebuilds data that Redis has lost. Lane threads call this interface when they run turns. */
public interface LostMemory {

    /**
     * Returns true if a turn may begin: the last check for lost data has succeeded, and no data of the turn's partition
     * is being rebuilt. If turns have waited for a rebuild for the maximum time, they may begin although it still runs.
     * Always returns true after the partition has left. Never blocks.
     */
    boolean isReady(Claim claim);

    /**
     * Reports that a turn's data is missing in Redis, and checks at once if Redis has lost data. If not, the data
     * expired, was deleted or was never stored. Blocks for at most a few Redis timeouts.
     *
     * @param session true if the session is missing; false if the request record is missing
     * @return true if the turn must wait until {@link #isReady} returns true. False if the turn must continue without
     *     the data: Redis did not lose it, the log does not contain it, or turns have already waited for the maximum
     *     time
     */
    boolean reportMissing(Claim claim, boolean session);

    /**
     * Restores the missing data of the command's session from the log. Blocks while it reads the partition. Repeating
     * the call is harmless.
     *
     * @throws io.turnlane.store.MemoryUnavailableException if Redis does not answer
     * @throws Turn.LogUnavailableException if Kafka does not answer
     */
    RestoreResult rebuild(Turn command);
}
