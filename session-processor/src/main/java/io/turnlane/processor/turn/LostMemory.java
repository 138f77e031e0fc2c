package io.turnlane.processor.turn;

import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.turn.Turn.Claim;

/** What turns need to know of memory that may have been lost. Called by lanes' threads. */
public interface LostMemory {

    /**
     * Whether a turn may begin: the memory of its partition's sessions is known to be whole, or has been rebuilt for as
     * long as turns wait for that. Never blocks.
     */
    boolean isReady(Claim claim);

    /**
     * A turn misses something that memory should have: looks at once whether memory was lost. Blocks for at most the
     * store's time limit.
     *
     * @param session whether it is the session that is missing; else its own request's record
     * @return whether the turn has to wait until it may begin; else what is missing won't come back
     */
    boolean reportMissing(Claim claim, boolean session);

    /**
     * Puts back what the log holds of this command's session and memory misses. Blocks for as long as it takes to read
     * the partition.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException where the store doesn't answer
     * @throws Turn.LogUnavailableException where the log doesn't; doing it again is harmless in both cases
     */
    RestoreResult rebuild(Turn command);
}
