package io.turnlane.processor.replay;

import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.turn.LostMemory;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.Claim;

/** Reports no lost memory, because the memory of a replay was created for it. */
final class NoMemoryLoss implements LostMemory {

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
