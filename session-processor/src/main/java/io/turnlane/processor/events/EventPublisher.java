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
     * Where the turn stands on the turns topic.
     *
     * @param partition its events go to the partition of the same number
     */
    record TurnOrigin(int partition, long offset) {}

    /**
     * Publishes the event.
     *
     * @return completes when the log has it, or fails when it didn't take it in time
     */
    CompletableFuture<?> publish(SessionKey session, TurnOrigin turn, TurnEvent event);
}
