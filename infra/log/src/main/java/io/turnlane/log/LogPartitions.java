package io.turnlane.log;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/** Partitions of a topic. */
public final class LogPartitions {

    private LogPartitions() {}

    /** Returns all partitions of the topic. The list is empty if the topic does not exist. */
    public static List<TopicPartition> of(Consumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** Returns the number of the partition that Kafka's default partitioner chooses for this key. */
    public static int partitionOf(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    /** Returns the number of the partition that Kafka's default partitioner chooses for this key. */
    public static int partitionOf(String key, int partitions) {
        return partitionOf(key.getBytes(StandardCharsets.UTF_8), partitions);
    }
}
