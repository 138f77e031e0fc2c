package io.turnlane.processor.memory;

import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.TurnError;
import org.jspecify.annotations.Nullable;

/**
 * Changes of sessions by commands that ask nothing. Each is fenced, happens once by its request id however often it is
 * delivered, and says in its request record how it ended (O4, O5).
 *
 * <p>Called by lanes' threads, several at once, for different sessions. Calls block for at most a few of the store's
 * time limits and throw {@link MemoryUnavailableException} where it doesn't answer; trying again is harmless.
 */
public interface SessionEdits {

    /**
     * What is known besides.
     *
     * @param tooOld whether the record is so old that a missing request record means it ended long ago
     * @param lossRuledOut whether what memory {@linkplain EditResult.RecordMissing misses} is known not to come back
     */
    record EditConditions(boolean tooOld, boolean lossRuledOut) {}

    /** The context changes. Fails where there is no session. */
    EditResult update(FlightRef flight, UpdateSession command, EditConditions terms);

    /**
     * The session gets this state. What a fork brings fails where there is a session that the fork didn't make, or
     * where its session was deleted since.
     */
    EditResult replace(FlightRef flight, ImportSession command, EditConditions terms);

    /** The session as it stands in its order, {@link EditResult.SnapshotTaken}; fails where there is none. */
    EditResult snapshot(FlightRef flight, ForkSession command, EditConditions terms);

    /**
     * The copy that was {@linkplain #snapshot taken} is safe on the log, or came to nothing.
     *
     * @param error why it came to nothing; null where it didn't
     */
    EditResult completeFork(FlightRef flight, ForkSession command, @Nullable TurnError error);

    /** Frees the place of a session that a fork was to make and won't. Needs no fence: nothing is remembered there. */
    void abandonFork(ForkSession command, TurnError error);
}
