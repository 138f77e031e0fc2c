package io.turnlane.gateway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.store.limit.UsageBudget;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.util.unit.DataSize;

/** Every property has the documented default and is bound by its documented name. */
class PropertiesTest {

    private static <T> T bind(String prefix, Class<T> type, Map<String, String> values) {
        return new Binder(
                        List.of(new MapConfigurationPropertySource(values)),
                        null,
                        ApplicationConversionService.getSharedInstance())
                .bindOrCreate(prefix, Bindable.of(type));
    }

    @Test
    void hasTheDefaultsOfTheContract() {
        GatewayProperties p = bind("turnlane.gateway", GatewayProperties.class, Map.of());
        assertThat(p.asks())
                .isEqualTo(new GatewayProperties.QuestionSettings(
                        DataSize.ofKilobytes(32),
                        DataSize.ofKilobytes(4),
                        DataSize.ofKilobytes(256),
                        100,
                        Duration.ofHours(24)));
        assertThat(p.sessions())
                .isEqualTo(new GatewayProperties.SessionSettings(
                        Duration.ofHours(1),
                        Duration.ofMinutes(15),
                        Duration.ofHours(24),
                        DataSize.ofMegabytes(3),
                        DataSize.ofMegabytes(8)));
        assertThat(p.memory()).isEqualTo(new GatewayProperties.RedisBreakerSettings(3, Duration.ofMillis(500)));
        assertThat(p.streams())
                .isEqualTo(new GatewayProperties.StreamSettings(
                        10_000,
                        1_000,
                        DataSize.ofKilobytes(256),
                        null,
                        Duration.ofSeconds(15),
                        Duration.ofHours(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10)));
        assertThat(p.calls()).isEqualTo(new GatewayProperties.CallSettings(Duration.ofSeconds(60)));
        assertThat(p.catchUp()).isEqualTo(new GatewayProperties.CatchUpSettings(2, 200_000, Duration.ofSeconds(5)));
        assertThat(p.sockets())
                .isEqualTo(new GatewayProperties.WebSocketSettings(
                        DataSize.ofKilobytes(64),
                        64,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(60)));
    }

    @Test
    void bindsEveryName() {
        GatewayProperties p = bind(
                "turnlane.gateway",
                GatewayProperties.class,
                Map.ofEntries(
                        Map.entry("turnlane.gateway.asks.max-question", "1KB"),
                        Map.entry("turnlane.gateway.asks.max-metadata", "2KB"),
                        Map.entry("turnlane.gateway.asks.max-body", "3KB"),
                        Map.entry("turnlane.gateway.asks.max-open", "4"),
                        Map.entry("turnlane.gateway.asks.idempotency-retention", "6m"),
                        Map.entry("turnlane.gateway.batches.max-questions", "9"),
                        Map.entry("turnlane.gateway.batches.max-body", "10KB"),
                        Map.entry("turnlane.gateway.memory.silences", "2"),
                        Map.entry("turnlane.gateway.memory.probe-every", "1s"),
                        Map.entry("turnlane.gateway.sessions.ttl", "5s"),
                        Map.entry("turnlane.gateway.sessions.anonymous-ttl", "6s"),
                        Map.entry("turnlane.gateway.sessions.result-retention", "7m"),
                        Map.entry("turnlane.gateway.sessions.max-import", "5KB"),
                        Map.entry("turnlane.gateway.sessions.max-open-bytes", "6KB"),
                        Map.entry("turnlane.gateway.streams.max", "8"),
                        Map.entry("turnlane.gateway.streams.max-events", "90"),
                        Map.entry("turnlane.gateway.streams.max-bytes", "10KB"),
                        Map.entry("turnlane.gateway.streams.max-total-bytes", "11MB"),
                        Map.entry("turnlane.gateway.streams.heartbeat", "11s"),
                        Map.entry("turnlane.gateway.streams.retry", "12s"),
                        Map.entry("turnlane.gateway.streams.start-patience", "13s"),
                        Map.entry("turnlane.gateway.calls.receive-timeout", "61s"),
                        Map.entry("turnlane.gateway.streams.max-age", "2m"),
                        Map.entry("turnlane.gateway.catch-up.readers", "14"),
                        Map.entry("turnlane.gateway.catch-up.max-records", "15"),
                        Map.entry("turnlane.gateway.catch-up.max-time", "16s"),
                        Map.entry("turnlane.gateway.sockets.max-frame", "17KB"),
                        Map.entry("turnlane.gateway.sockets.max-sessions", "18"),
                        Map.entry("turnlane.gateway.sockets.send-timeout", "19s"),
                        Map.entry("turnlane.gateway.sockets.ping", "20s"),
                        Map.entry("turnlane.gateway.sockets.idle", "21s")));
        assertThat(p)
                .isEqualTo(new GatewayProperties(
                        new GatewayProperties.CallSettings(Duration.ofSeconds(61)),
                        new GatewayProperties.QuestionSettings(
                                DataSize.ofKilobytes(1),
                                DataSize.ofKilobytes(2),
                                DataSize.ofKilobytes(3),
                                4,
                                Duration.ofMinutes(6)),
                        new GatewayProperties.BatchSettings(9, DataSize.ofKilobytes(10)),
                        new GatewayProperties.SessionSettings(
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6),
                                Duration.ofMinutes(7),
                                DataSize.ofKilobytes(5),
                                DataSize.ofKilobytes(6)),
                        new GatewayProperties.RedisBreakerSettings(2, Duration.ofSeconds(1)),
                        new GatewayProperties.StreamSettings(
                                8,
                                90,
                                DataSize.ofKilobytes(10),
                                DataSize.ofMegabytes(11),
                                Duration.ofSeconds(11),
                                Duration.ofMinutes(2),
                                Duration.ofSeconds(12),
                                Duration.ofSeconds(13)),
                        new GatewayProperties.CatchUpSettings(14, 15, Duration.ofSeconds(16)),
                        new GatewayProperties.WebSocketSettings(
                                DataSize.ofKilobytes(17),
                                18,
                                Duration.ofSeconds(19),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(21))));
    }

    @Test
    void rejectsAnIdempotencyRetentionLongerThanTheResultRetention() {
        GatewayProperties p = bind(
                "turnlane.gateway",
                GatewayProperties.class,
                Map.of("turnlane.gateway.sessions.result-retention", "1h"));
        assertThatThrownBy(() -> p.acceptRules(UsageBudget.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Idempotency-Key");
    }

    @Test
    void rejectsAnOutboxWithoutCapacity() {
        assertThatThrownBy(() -> new Outbox.Bounds(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
