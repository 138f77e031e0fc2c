package io.turnlane.processor.quarantine;

import io.turnlane.model.QuarantinedTurn;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes turns to the quarantine topic.
 *
 * <p>Threading: any thread may call this interface. A call blocks only while the publisher's buffer is full, for at
 * most 1 s.
 */
@FunctionalInterface
public interface QuarantinePublisher {

    /**
     * Publishes a copy of the turn.
     *
     * @return completes when Kafka has acknowledged the copy; the caller must not complete the turn's offset earlier
     *     (promise O9 in docs/guarantees.md)
     */
    CompletableFuture<?> publish(QuarantinedTurn turn);
}
