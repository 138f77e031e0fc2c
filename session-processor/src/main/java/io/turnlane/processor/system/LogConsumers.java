package io.turnlane.processor.system;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.kafka.core.ConsumerFactory;

/** Creates consumers with the Kafka settings of this processor, an SSL bundle included. */
record LogConsumers(ConsumerFactory<?, ?> configured) {

    /**
     * Client settings that must be removed if the newer group protocol ({@code group.protocol=consumer}) is used. With
     * this protocol, the client rejects them, because the broker has its own settings instead.
     */
    private static final List<String> BROKER_SETTINGS = List.of(
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);

    /**
     * Returns a consumer without a group, which never commits offsets.
     *
     * @param offsetReset position at which the consumer continues if its offset no longer exists: {@code earliest},
     *     {@code latest}, or {@code none} to throw an exception
     */
    KafkaConsumer<byte[], byte[]> withoutGroup(String offsetReset) {
        Map<String, Object> settings = settings();
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, offsetReset);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Returns a consumer for a group. The consumer never commits offsets by itself, and a new group starts with the
     * oldest record.
     */
    KafkaConsumer<byte[], byte[]> ofGroup(String group) {
        Map<String, Object> settings = settings();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        if (GroupProtocol.CONSUMER
                .name()
                .equalsIgnoreCase(String.valueOf(settings.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)))) {
            BROKER_SETTINGS.forEach(settings::remove);
        }
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> settings() {
        return new HashMap<>(configured.getConfigurationProperties());
    }
}
