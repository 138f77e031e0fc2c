package io.turnlane.store.session;

/** Thrown if Redis lost the history of a session. The session's next question restores it from the log. */
public final class LostHistoryException extends RuntimeException {

    LostHistoryException() {
        super("Redis lost the history of this session. The session's next question restores it from the log.");
    }
}
