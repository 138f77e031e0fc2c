package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.RequestId;
import io.turnlane.model.WireFormat;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Deliveries that cannot be published. {@code ExplainTest} covers those that can. */
class KafkaDeliveryLogTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /** Log whose publisher has not started, so that deliveries wait. It has no Kafka. */
    private final KafkaDeliveryLog log =
            new KafkaDeliveryLog(null, new WireFormat(), "deliveries", "g-1", () -> Instant.EPOCH, meters);

    private double dropped() {
        return meters.counter("turnlane.deliveries", "outcome", "dropped").count();
    }

    @Test
    void dropsAndCountsDeliveriesAboveItsBoundAndThoseThatKafkaDoesNotAccept() {
        RequestId request = new RequestId(new UUID(1, 2));
        for (int i = 0; i < 20_003; i++) {
            log.delivered(request, DeliveryChannel.SSE, 0, 1L);
        }
        assertThat(dropped()).isEqualTo(3);
        log.close();
        assertThat(dropped()).isEqualTo(20_003);
    }
}
