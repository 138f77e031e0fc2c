package io.turnlane.gateway.turns.deliver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Metrics of one way of delivery (streams or sockets): connected clients, delivered events, and disconnections by
 * reason. Also records the spans of deliveries. Safe for use by multiple threads.
 */
public final class ClientMetrics {

    private final AtomicInteger connected = new AtomicInteger();
    private final Counter delivered;
    private final DeliverySpans spans;
    private final String channel;
    private final Map<DisconnectReason, Counter> dropped = new EnumMap<>(DisconnectReason.class);

    /**
     * @param clients name of the gauge of connected clients, {@code turnlane.streams} or {@code turnlane.sockets}
     * @param channel value of the {@code channel} tag
     */
    public ClientMetrics(MeterRegistry registry, DeliverySpans spans, String clients, String channel) {
        this.spans = spans;
        this.channel = channel;
        Gauge.builder(clients, connected, AtomicInteger::get)
                .description("Clients connected now")
                .register(registry);
        delivered = Counter.builder("turnlane.events.delivered")
                .description("Turn events written to clients")
                .tag("channel", channel)
                .register(registry);
        for (DisconnectReason reason : DisconnectReason.values()) {
            dropped.put(
                    reason,
                    Counter.builder("turnlane.clients.dropped")
                            .description("Clients whose connection ended early, by reason")
                            .tag("channel", channel)
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

    public void delivered(LoggedEvent event) {
        delivered.increment();
        spans.delivered(event, channel);
    }

    public void dropped(DisconnectReason reason) {
        Counter counter = dropped.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
