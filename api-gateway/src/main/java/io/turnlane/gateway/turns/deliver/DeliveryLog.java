package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.RequestId;
import org.jspecify.annotations.Nullable;

/** Receives the deliveries of the ends of requests to clients. Safe for use by multiple threads. */
@FunctionalInterface
public interface DeliveryLog {

    /**
     * Adds a delivery. Never blocks. A delivery can be lost, for example if there are too many at once.
     *
     * @param partition partition of the session's events
     * @param offset offset of the terminal event; null if the client received the end from the request record
     */
    void delivered(RequestId request, DeliveryChannel channel, int partition, @Nullable Long offset);
}
