package io.turnlane.processor.memory;

import io.turnlane.model.SessionState;

/** What memory says to a command that changes a session and asks nothing. */
public sealed interface Edited {

    /**
     * It has ended, now or before.
     *
     * @param failed whether it came to nothing, as its request record says
     */
    record Done(boolean failed) implements Edited {}

    /** A newer owner has been here. */
    record Fenced() implements Edited {}

    /**
     * Its request record isn't there: find out whether memory was lost, and try again being
     * {@linkplain SessionEdits.Terms#sure sure}. Nothing was done.
     */
    record Missed() implements Edited {}

    /** The session as it stands, which was all that was asked for. */
    record Taken(SessionState state) implements Edited {}
}
