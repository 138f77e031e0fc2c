package io.turnlane.store.memory;

import io.turnlane.model.SessionState;

/** Result of a command that changes or copies a session and asks no question. */
public sealed interface EditResult {

    /**
     * The command has ended, in this call or earlier.
     *
     * @param failed true if the command failed; its request record then holds the error
     */
    record EditEnded(boolean failed) implements EditResult {}

    /** A newer owner of the partition has written to the session. */
    record EditFenced() implements EditResult {}

    /**
     * The command's request record or the session's data is missing. The caller must check if Redis lost data. If it
     * did, the caller must wait until the data is rebuilt and then call again. Otherwise the caller must call again
     * with {@linkplain SessionEdits.EditConditions#lossRuledOut lossRuledOut} set. The call changed nothing.
     *
     * @param sessionLost true if Redis has certainly lost data of this session; false if the record was possibly never
     *     stored
     */
    record RecordMissing(boolean sessionLost) implements EditResult {

        /** Creates the result for a record that was possibly never stored. */
        public RecordMissing() {
            this(false);
        }
    }

    /** The session's state, which {@link SessionEdits#snapshot} returns. */
    record SnapshotTaken(SessionState state) implements EditResult {}
}
