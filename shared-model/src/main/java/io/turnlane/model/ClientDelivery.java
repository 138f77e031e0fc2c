package io.turnlane.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Delivery of the end of a request to a client.
 *
 * @param channel way of the delivery
 * @param partition partition of the events topic that has the session's events
 * @param offset offset of the terminal event in this partition, which is the client's cursor after the delivery; null
 *     if the client received the end from the request record
 * @param at time at which the gateway wrote the end to the client's connection
 */
public record ClientDelivery(
        RequestId requestId,
        DeliveryChannel channel,
        int partition,
        @Nullable Long offset,
        Instant at) {

    /** Way in which a client receives the end of a request. */
    public enum DeliveryChannel implements WireEnum {
        /** Stream of server-sent events. */
        SSE,
        /** WebSocket. */
        WS,
        /** Call that asked the question and waited for its end. */
        WAIT,
        /** Call that read the request. */
        POLL;

        /** Returns the channel with this text form; throws an IllegalArgumentException if there is none. */
        public static DeliveryChannel of(String wire) {
            return WireEnum.require(values(), "channel", wire);
        }
    }
}
