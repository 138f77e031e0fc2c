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

        private final boolean rejected;

        private NotPublishedException(String message, Throwable cause, boolean refused) {
            super(message, cause);
            this.rejected = refused;
        }

        /** The log doesn't have it, and never will. */
        public static NotPublishedException rejected(Throwable cause) {
            return new NotPublishedException("refused by the log", cause, true);
        }

        /** It was sent, or may have been, and no answer came: the log may have it, or get it yet. */
        public static NotPublishedException unknown(Throwable cause) {
            return new NotPublishedException("not acknowledged by the log", cause, false);
        }

        public boolean isRejected() {
            return rejected;
        }
    }
}
