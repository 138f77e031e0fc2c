package io.turnlane.gateway.turns.deliver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.RequestId;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Metrics of one way of delivery (streams or sockets): connected clients, delivered events, and disconnections by
 * reason. Also records the spans of deliveries, and logs the deliveries of the ends of requests. Safe for use by
 * multiple threads.
 */
public final class ClientMetrics {

    private final AtomicInteger connected = new AtomicInteger();
    private final DeliveryChannel channel;
    private final DeliveryLog log;
    private final Counter delivered;
    private final DeliverySpans spans;
    private final Map<DisconnectReason, Counter> dropped = new EnumMap<>(DisconnectReason.class);

    /**
     * @param clients name of the gauge of connected clients, {@code turnlane.streams} or {@code turnlane.sockets}
     * @param channel way of delivery, which is also the value of the {@code channel} tag
     */
    public ClientMetrics(
            MeterRegistry registry, DeliverySpans spans, String clients, DeliveryChannel channel, DeliveryLog log) {
        this.spans = spans;
        this.channel = channel;
        this.log = log;
        Gauge.builder(clients, connected, AtomicInteger::get)
                .description("Clients connected now")
                .register(registry);
        delivered = Counter.builder("turnlane.events.delivered")
                .description("Turn events written to clients")
                .tag("channel", channel.wire())
                .register(registry);
        for (DisconnectReason reason : DisconnectReason.values()) {
            dropped.put(
                    reason,
                    Counter.builder("turnlane.clients.dropped")
                            .description("Clients whose connection ended early, by reason")
                            .tag("channel", channel.wire())
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    public void connected() {
        connected.incrementAndGet();
    }

    public void disconnected() {
        connected.decrementAndGet();
    }

    /** Called after an event was written to a client. */
    public void delivered(OutboxItem.EventItem item) {
        delivered.increment();
        spans.delivered(item.event(), channel.wire());
        if (item.event().isTerminal()) {
            log.delivered(
                    item.event().requestId(),
                    channel,
                    item.cursor().partition(),
                    item.event().offset());
        }
    }

    /**
     * Called after the end of a request was written to a client from the request record.
     *
     * @param partition partition of the session's events
     */
    public void deliveredEnd(RequestId request, int partition) {
        log.delivered(request, channel, partition, null);
    }

    public void dropped(DisconnectReason reason) {
        Counter counter = dropped.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
