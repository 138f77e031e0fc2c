package io.turnlane.log;

import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Creates consumers without a consumer group. The caller must assign partitions and seek before the first poll. The
 * consumers commit no offsets.
 */
@FunctionalInterface
public interface KafkaLogConsumerFactory {

    /**
     * Creates a consumer, which the caller closes.
     *
     * @param role name of the consumer in the metrics of the broker and of the consumer
     * @param fetchWait maximum time for which the broker holds a fetch that has no records yet
     */
    Consumer<String, byte[]> create(String role, Duration fetchWait);
}
