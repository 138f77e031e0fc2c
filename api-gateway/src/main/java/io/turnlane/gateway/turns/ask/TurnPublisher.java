package io.turnlane.gateway.turns.ask;

import io.turnlane.model.SessionCommand;
import org.jspecify.annotations.Nullable;

/** Publishes session commands to the turns topic. */
public interface TurnPublisher {

    /**
     * Publishes a command and waits until Kafka has acknowledged it.
     *
     * @param eventsFrom offset in the session's events partition at which a stream of the command's events starts
     * @param traceparent W3C trace context of the caller; null if the caller sent none
     * @throws NotPublishedException if Kafka rejected the command or did not acknowledge it in time
     */
    void publish(SessionCommand command, long eventsFrom, @Nullable String traceparent) throws NotPublishedException;

    /**
     * Hands a command to the producer, which publishes it. Commands of one session must be handed over one after the
     * other if their order matters. This default implementation waits for the acknowledgement.
     *
     * @param eventsFrom same meaning as in {@link #publish}
     * @param traceparent same meaning as in {@link #publish}
     * @throws NotPublishedException if the producer rejected the command
     */
    default Publication send(SessionCommand command, long eventsFrom, @Nullable String traceparent)
            throws NotPublishedException {
        publish(command, eventsFrom, traceparent);
        return Publication.ACKNOWLEDGED;
    }

    /** Thrown if a command was rejected or its outcome is unknown. */
    final class NotPublishedException extends Exception {

        private final boolean rejected;

        private NotPublishedException(String message, Throwable cause, boolean rejected) {
            super(message, cause);
            this.rejected = rejected;
        }

        /** Returns the exception for a command that was not written and will not be written. */
        public static NotPublishedException rejected(Throwable cause) {
            return new NotPublishedException("Kafka did not accept the command", cause, true);
        }

        /**
         * Returns the exception for a command that was not acknowledged. It is unknown if Kafka has written or will
         * write the command.
         */
        public static NotPublishedException unknown(Throwable cause) {
            return new NotPublishedException("Kafka did not acknowledge the command", cause, false);
        }

        /** Returns true if the command was not written; false if its outcome is unknown. */
        public boolean isRejected() {
            return rejected;
        }
    }
}
