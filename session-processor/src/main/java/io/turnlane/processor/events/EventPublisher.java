package io.turnlane.processor.events;

import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Publishes turn events. Clients receive the events of a session in the order in which they were published.
 *
 * <p>Threading: any thread may call this interface. A call blocks only while the publisher's buffer is full or the
 * partitions of the topic are unknown, for at most 1 s.
 */
@FunctionalInterface
public interface EventPublisher {

    /**
     * Log position of the turn on the turns topic.
     *
     * @param partition partition of the turn; the turn's events go to the events partition with the same number
     * @param traceparent W3C trace context of the turn; null if it has none
     */
    record TurnOrigin(int partition, long offset, @Nullable String traceparent) {}

    /**
     * Publishes the event.
     *
     * @return completes when Kafka has acknowledged the event; fails with {@link RecordTooLargeForLogException} if
     *     Kafka rejects the event because of its size, with {@link RecordRefusedException} if the event was not
     *     accepted and is certainly not in the log, or with another exception if Kafka does not acknowledge the event
     *     in time. In the second case, the result has failed when this method returns
     */
    CompletableFuture<?> publish(SessionKey session, TurnOrigin turn, TurnEvent event);
}
