package io.turnlane.processor.turn;

import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.turn.Turn.Claim;

/** Memory that is being rebuilt for as long as a test says. For one thread. */
public final class FakeLostMemory implements LostMemory {

    /** So many times more a turn is told to wait. */
    int looksUntilReady;

    /** Whether the next turn that misses something is right. */
    boolean lost;

    int missed;
    int rebuilt;

    @Override
    public boolean isReady(Claim claim) {
        return looksUntilReady-- <= 0;
    }

    @Override
    public boolean reportMissing(Claim claim, boolean session) {
        missed++;
        boolean wait = lost;
        lost = false;
        return wait;
    }

    @Override
    public RestoreResult rebuild(Turn command) {
        rebuilt++;
        return new RestoreResult(false, 1);
    }
}
