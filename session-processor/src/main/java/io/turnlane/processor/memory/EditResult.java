package io.turnlane.processor.memory;

import io.turnlane.model.SessionState;

/** What memory says to a command that changes a session and asks nothing. */
public sealed interface EditResult {

    /**
     * It has ended, now or before.
     *
     * @param failed whether it came to nothing, as its request record says
     */
    record EditEnded(boolean failed) implements EditResult {}

    /** A newer owner has been here. */
    record EditFenced() implements EditResult {}

    /**
     * Its request record isn't there: find out whether memory was lost, and try again being
     * {@linkplain SessionEdits.EditConditions#lossRuledOut sure}. Nothing was done.
     */
    record RecordMissing() implements EditResult {}

    /** The session as it stands, which was all that was asked for. */
    record SnapshotTaken(SessionState state) implements EditResult {}
}
