package io.turnlane.gateway.system.backends;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.system.GatewayProperties;
import io.turnlane.gateway.system.PhasedLifecycle;
import io.turnlane.gateway.turns.deliver.BoundedWaits;
import io.turnlane.gateway.turns.deliver.DeliverySpans;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.KafkaDeliveryLog;
import io.turnlane.log.KafkaLogConsumerFactory;
import io.turnlane.log.KafkaRights;
import io.turnlane.log.TopicSetup;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.store.fleet.GatewayDirectory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;

/** Kafka beans: topics, producer, and the consumers that follow events. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TopicsProperties.class)
class KafkaConfiguration {

    /**
     * Maximum time for which the shutdown waits until all clients have disconnected. The shutdown first asks the
     * clients to reconnect to another gateway.
     */
    private static final Duration DISCONNECT_TIMEOUT = Duration.ofSeconds(3);

    /** Maximum time to wait for each reply of Kafka while the topics are prepared. */
    private static final Duration TOPIC_TIMEOUT = Duration.ofSeconds(15);

    @Bean
    Topics topics(TopicsProperties properties) {
        return properties.names();
    }

    /**
     * Factory of consumers without a consumer group and without commits. If a consumer reads at an offset outside the
     * log, its poll throws an exception instead of moving to another offset.
     */
    @Bean
    KafkaLogConsumerFactory kafkaConsumers(ConsumerFactory<?, ?> configured) {
        Map<String, Object> settings = new HashMap<>(configured.getConfigurationProperties());
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        var factory = new DefaultKafkaConsumerFactory<String, byte[]>(settings);
        return (role, fetchWait) -> {
            Properties own = new Properties();
            own.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, Math.toIntExact(fetchWait.toMillis()));
            return factory.createConsumer(null, "turnlane-gateway", "-" + role, own);
        };
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    BoundedWaits boundedWaits() {
        return new BoundedWaits();
    }

    @Bean
    EventStreams eventStreams(
            KafkaLogConsumerFactory consumers,
            KafkaAdmin admin,
            TopicsProperties topics,
            GatewayProperties gateway,
            BoundedWaits waits,
            DeliverySpans spans,
            MeterRegistry metrics) {
        TopicSetup setup = new TopicSetup(
                admin.getConfigurationProperties(), topics, KafkaRights.ofGateway(topics.names()), TOPIC_TIMEOUT);
        return new EventStreams(
                consumers, topics.names().events(), setup::prepare, gateway.streamLimits(), waits, spans, metrics);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    KafkaDeliveryLog deliveryLog(
            KafkaTemplate<String, byte[]> kafka,
            WireFormat wire,
            Topics topics,
            GatewayDirectory gateway,
            InstantSource clock,
            MeterRegistry metrics) {
        return new KafkaDeliveryLog(kafka, wire, topics.deliveries(), gateway.id(), clock, metrics);
    }

    @Bean
    PhasedLifecycle follower(EventStreams streams, GatewayProperties gateway) {
        return PhasedLifecycle.ofFollower(() -> streams.start(gateway.streams().startPatience()), streams::close);
    }

    @Bean
    PhasedLifecycle clients(EventStreams streams) {
        return PhasedLifecycle.ofClients(() -> streams.disconnectClients(DISCONNECT_TIMEOUT));
    }

    /**
     * Reports the gateway as up while it follows the events topic. The bean name determines the key
     * {@code eventFollower} in the health report.
     */
    @Bean
    HealthIndicator eventFollowerHealthIndicator(EventStreams streams) {
        return () -> (streams.isReady() ? Health.up() : Health.down())
                .withDetail("clients", streams.clients())
                .build();
    }
}
