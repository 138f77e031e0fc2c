package io.turnlane.store.memory;

import io.turnlane.model.SessionState;

/** Result of a command that changes or copies a session and asks no question. */
public sealed interface EditResult
        permits EditResult.EditEnded, EditResult.SnapshotTaken, MemoryResult.DataMissing, MemoryResult.NotOwned {

    /**
     * The command has ended, in this call or earlier.
     *
     * @param failed true if the command failed; its request record then holds the error
     */
    record EditEnded(boolean failed) implements EditResult {}

    /** The session's state, which {@link SessionEdits#snapshot} returns. */
    record SnapshotTaken(SessionState state) implements EditResult {}
}
