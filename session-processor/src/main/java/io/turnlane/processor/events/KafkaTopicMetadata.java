package io.turnlane.processor.events;

import io.turnlane.model.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.springframework.kafka.core.KafkaOperations;

/**
 * Loads the partitions of the topics to which a processor publishes, before the processor takes its first turn. A Kafka
 * client that does not know the partitions of a topic asks for them in the first publication, and rejects the record if
 * the broker does not answer within {@code max.block.ms}. The first events of a processor would then be late, or
 * missing if the broker is busy.
 */
public record KafkaTopicMetadata(KafkaOperations<byte[], byte[]> kafka, Topics topics) {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration RETRY_DELAY = Duration.ofMillis(20);

    /**
     * Loads the partitions of all topics. Blocks for up to 30 s for each topic.
     *
     * @throws IllegalStateException if Kafka does not return the partitions of a topic in time
     */
    public void load() {
        List.of(topics.events(), topics.quarantine(), topics.turns()).forEach(this::load);
    }

    private void load(String topic) {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            try {
                var _ = kafka.partitionsFor(topic);
                return;
            } catch (KafkaException | org.springframework.kafka.KafkaException e) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("Kafka did not return the partitions of topic " + topic, e);
                }
                waitBeforeRetry();
            }
        }
    }

    private static void waitBeforeRetry() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_DELAY.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading the partitions of topics", e);
        }
    }
}
