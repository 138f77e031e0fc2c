package io.turnlane.processor.commands;

import io.turnlane.model.SessionCommand;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes session commands to the turns topic. The owner of the session runs them after the session's earlier
 * commands. Thread-safe.
 */
@FunctionalInterface
public interface CommandPublisher {

    /**
     * Publishes the command.
     *
     * @return completes when Kafka has acknowledged the command; fails if Kafka does not acknowledge the command in
     *     time
     */
    CompletableFuture<?> publish(SessionCommand command);
}
