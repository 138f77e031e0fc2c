package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.turns.ask.TurnPublisher.NotPublishedException;

/** Command that was handed to the producer. Used by one thread. */
@FunctionalInterface
public interface Publication {

    /** Publication of a command that Kafka has acknowledged. */
    Publication ACKNOWLEDGED = () -> {};

    /**
     * Waits until Kafka has acknowledged the command.
     *
     * @throws NotPublishedException if Kafka rejected the command or did not acknowledge it in time
     */
    void await() throws NotPublishedException;

    /** Way in which a caller makes sure that a command is on the turns topic. */
    @FunctionalInterface
    interface PublicationCheck {

        /**
         * Returns when the command is certainly on the turns topic.
         *
         * @throws NotPublishedException if Kafka rejected the command or did not acknowledge it in time
         */
        void check(Publication publication) throws NotPublishedException;
    }
}
