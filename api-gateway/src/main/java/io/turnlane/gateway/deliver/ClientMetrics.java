package io.turnlane.gateway.deliver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.deliver.OutboxItem.DisconnectReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What one way of delivery counts: its clients, the events they got, and why they were let go. */
public final class ClientMetrics {

    private final AtomicInteger connected = new AtomicInteger();
    private final Counter delivered;
    private final Map<DisconnectReason, Counter> endings = new EnumMap<>(DisconnectReason.class);

    /** @param clients {@code turnlane.streams} or {@code turnlane.sockets} */
    public ClientMetrics(MeterRegistry registry, String clients, String channel) {
        Gauge.builder(clients, connected, AtomicInteger::get)
                .description("Connected now")
                .register(registry);
        delivered = Counter.builder("turnlane.events.delivered")
                .description("Turn events written to clients")
                .tag("channel", channel)
                .register(registry);
        for (DisconnectReason ending : DisconnectReason.values()) {
            endings.put(
                    ending,
                    Counter.builder("turnlane.clients.dropped")
                            .description("Clients let go before their time")
                            .tag("channel", channel)
                            .tag("reason", ending.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    public void connected() {
        connected.incrementAndGet();
    }

    public void disconnected() {
        connected.decrementAndGet();
    }

    public void delivered() {
        delivered.increment();
    }

    public void dropped(DisconnectReason why) {
        Counter counter = endings.get(why);
        if (counter != null) {
            counter.increment();
        }
    }
}
