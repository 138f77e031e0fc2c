package io.turnlane.processor.replay;

import io.turnlane.processor.turn.LostMemory;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.store.memory.SessionRestore.RestoreResult;

/** Reports that no data was lost. A replay has a new memory in the heap, which cannot lose data. */
public final class NoMemoryLoss implements LostMemory {

    @Override
    public boolean isReady(Claim claim) {
        return true;
    }

    @Override
    public boolean reportMissing(Claim claim, boolean session) {
        return false;
    }

    @Override
    public RestoreResult rebuild(Turn command) {
        throw new UnsupportedOperationException("a replay runs only questions");
    }
}
