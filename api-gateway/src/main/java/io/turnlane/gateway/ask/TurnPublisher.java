package io.turnlane.gateway.ask;

import io.turnlane.model.SessionCommand;
import org.jspecify.annotations.Nullable;

/** Puts session commands on the log. */
public interface TurnPublisher {

    /**
     * Returns when the log has acknowledged the command.
     *
     * @param eventsFrom where a stream of this command's events starts
     * @throws NotPublishedException where the log didn't acknowledge it in time, or refused it
     */
    void publish(SessionCommand command, long eventsFrom, @Nullable String traceparent) throws NotPublishedException;

    /** The log refused a command, or nobody knows whether it has it. */
    final class NotPublishedException extends Exception {

        private static final long serialVersionUID = 1L;

        NotPublishedException(Throwable cause) {
            super("not acknowledged by the log", cause);
        }
    }
}
