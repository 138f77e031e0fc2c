package io.turnlane.store.memory;

import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.TurnError;
import io.turnlane.store.MemoryUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Applies the commands that ask no question: update, import and fork. If a newer owner of the partition has written to
 * the session, a call has no effect (promise O5 in docs/guarantees.md). A command is applied only once, even if it is
 * delivered several times (promise O4). Its result is stored in its request record.
 *
 * <p>Lane threads call this interface, concurrently for different sessions. A call blocks for at most a few timeouts of
 * the store. If the store doesn't answer, the call throws {@link MemoryUnavailableException}. Repeating a call is
 * harmless.
 */
public interface SessionEdits {

    /**
     * Facts about a command's record that only the caller knows.
     *
     * @param tooOld true if the record is so old that a missing request record means that the command ended long ago
     * @param lossRuledOut true if the caller has checked that Redis did not lose the
     *     {@linkplain MemoryResult.DataMissing missing} record, or that the record can't be restored; the call then
     *     applies the command without the record
     */
    record EditConditions(boolean tooOld, boolean lossRuledOut) {}

    /** Changes the session's metadata, agent or time to live. Fails if the session doesn't exist. */
    EditResult update(FlightRef flight, UpdateSession command, EditConditions conditions);

    /**
     * Replaces the session's state. If the import completes a fork, it fails if another session already has this id, or
     * if the session was deleted after the fork was requested.
     */
    EditResult replace(FlightRef flight, ImportSession command, EditConditions conditions);

    /** Returns the session's state as {@link EditResult.SnapshotTaken}. Fails if the session doesn't exist. */
    EditResult snapshot(FlightRef flight, ForkSession command, EditConditions conditions);

    /**
     * Ends the fork command after its {@linkplain #snapshot snapshot} was published or its publication failed.
     *
     * @param error reason why the fork failed; null if it succeeded
     */
    EditResult completeFork(FlightRef flight, ForkSession command, @Nullable TurnError error);

    /**
     * Releases the session id that a failed fork had reserved, and stores the error in the request record that the fork
     * has in the new session. This call has no fence, because the reserved session has no history yet.
     */
    void abandonFork(ForkSession command, TurnError error);
}
