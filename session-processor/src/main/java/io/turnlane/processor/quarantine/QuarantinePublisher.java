package io.turnlane.processor.quarantine;

import io.turnlane.model.QuarantinedTurn;
import java.util.concurrent.CompletableFuture;

/**
 * Puts turns on the quarantine topic. Called by any thread; blocks only while its buffer is full, for a second at most.
 */
@FunctionalInterface
public interface QuarantinePublisher {

    /**
     * Publishes a copy.
     *
     * @return completes when the log has it; only then may the turn be marked done (O9)
     */
    CompletableFuture<?> publish(QuarantinedTurn turn);
}
