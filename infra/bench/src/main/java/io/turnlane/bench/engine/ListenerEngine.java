package io.turnlane.bench.engine;

import io.turnlane.bench.subject.BareTopics;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;

/**
 * The container behind a {@code @KafkaListener} with a thread for each partition. Keeps the order of keys, because each
 * partition is worked on one record at a time.
 */
public final class ListenerEngine implements KeyedEngine {

    private final ConcurrentMessageListenerContainer<byte[], byte[]> container;

    private ListenerEngine(EngineLog log, RecordWork work) {
        ContainerProperties properties = new ContainerProperties(EngineLog.TOPIC);
        properties.setGroupId(EngineLog.newGroup());
        properties.setMessageListener((MessageListener<byte[], byte[]>) record -> work.run(record.value()));
        properties.setStopImmediate(true);
        container = new ConcurrentMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(
                        log.consumerSettings(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                properties);
        container.setConcurrency(BareTopics.PARTITIONS);
        container.start();
    }

    public static KeyedEngine start(EngineLog log, RecordWork work) {
        return new ListenerEngine(log, work);
    }

    @Override
    public void close() {
        container.stop();
    }
}
