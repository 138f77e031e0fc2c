package io.turnlane.processor.replay;

import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.turn.LostMemory;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.Claim;

/** A memory that was made for one turn has lost nothing. */
final class NoMemoryLoss implements LostMemory {

    @Override
    public boolean isReady(Claim claim) {
        return true;
    }

    @Override
    public boolean reportMissing(Claim claim, boolean session) {
        return false;
    }

    /** A replay runs questions only. */
    @Override
    public RestoreResult rebuild(Turn command) {
        throw new UnsupportedOperationException("only questions are run again");
    }
}
