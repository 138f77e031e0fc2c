package io.turnlane.processor.commands;

import io.turnlane.model.SessionCommand;
import java.util.concurrent.CompletableFuture;

/** Puts session commands on the log, behind what was asked of their session before. Called by any thread. */
@FunctionalInterface
public interface CommandPublisher {

    /**
     * Publishes the command.
     *
     * @return completes when the log has it, or fails when it didn't take it in time
     */
    CompletableFuture<?> publish(SessionCommand command);
}
