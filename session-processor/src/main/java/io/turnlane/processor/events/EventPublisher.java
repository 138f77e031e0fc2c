package io.turnlane.processor.events;

import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import java.util.concurrent.CompletableFuture;

/**
 * Puts turn events on the log. Events of one session that are published one after the other are read in that order.
 *
 * <p>Called by any thread. A call blocks only while the publisher's buffer is full, for a second at most.
 */
@FunctionalInterface
public interface EventPublisher {

    /**
     * Publishes the event.
     *
     * @param partition of the events topic: the number of the turn's own
     * @return completes when the log has it, or fails when it didn't take it in time
     */
    CompletableFuture<?> publish(SessionKey session, int partition, TurnEvent event);
}
