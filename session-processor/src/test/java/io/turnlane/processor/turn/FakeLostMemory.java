package io.turnlane.processor.turn;

import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.util.function.Supplier;

/** {@link LostMemory} whose rebuild takes as long as a test requests. For one thread. */
public final class FakeLostMemory implements LostMemory {

    /** Number of further times that a turn must wait. */
    int checksUntilReady;

    /** True if the next missing data was lost. */
    boolean lost;

    /** Thrown by each rebuild; null if rebuilds succeed. */
    RuntimeException rebuildFailure;

    /** Action and result of each rebuild. */
    Supplier<RestoreResult> onRebuild = () -> new RestoreResult(false, 1);

    int reports;
    int rebuilt;

    @Override
    public boolean isReady(Claim claim) {
        return checksUntilReady-- <= 0;
    }

    @Override
    public boolean reportMissing(Claim claim, boolean session) {
        reports++;
        boolean wait = lost;
        lost = false;
        return wait;
    }

    @Override
    public RestoreResult rebuild(Turn command) {
        if (rebuildFailure != null) {
            throw rebuildFailure;
        }
        rebuilt++;
        return onRebuild.get();
    }
}
