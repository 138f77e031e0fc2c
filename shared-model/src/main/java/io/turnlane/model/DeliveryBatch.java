package io.turnlane.model;

import java.util.List;

/**
 * Value of a record on the deliveries topic: deliveries of one gateway in about a second.
 *
 * @param gateway id of the gateway
 * @param deliveries deliveries, oldest first
 */
public record DeliveryBatch(String gateway, List<ClientDelivery> deliveries) {

    public DeliveryBatch {
        deliveries = List.copyOf(deliveries);
    }
}
