package io.turnlane.log;

import io.turnlane.model.topic.TopicReview;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * Replication of the topics of an installation.
 *
 * @param replicas replicas of each partition of a new topic; -1 for the default of the broker
 * @param durable true if two brokers must store a record before Kafka acknowledges it; an accepted question then
 *     survives the loss of any one broker
 */
public record Replication(short replicas, boolean durable) {

    /** Replication that the broker determines. */
    public static final Replication OF_THE_BROKER = new Replication((short) -1, false);

    /** Replication on three brokers. */
    public static final Replication DURABLE = new Replication((short) 3, true);

    private static final int DURABLE_REPLICAS = 3;

    /**
     * Settings of a durable topic. With three replicas and at least two of them in sync, writes continue without one of
     * the brokers.
     */
    private static final Map<String, String> DURABLE_SETTINGS =
            Map.of(TopicReview.MIN_REPLICAS, "2", TopicReview.UNCLEAN_ELECTION, "false");

    /** @throws IllegalArgumentException if the topics must be durable but have fewer than three replicas */
    public Replication {
        if (durable && replicas < DURABLE_REPLICAS) {
            throw new IllegalArgumentException("durable topics need at least " + DURABLE_REPLICAS + " replicas");
        }
    }

    /** Returns the settings of a topic that this replication needs. */
    Map<String, String> settings() {
        return durable ? DURABLE_SETTINGS : Map.of();
    }

    /**
     * Checks that existing topics have enough replicas.
     *
     * @throws IllegalStateException if a topic has fewer than three replicas but must be durable; the message contains
     *     the ways to correct it
     */
    void require(Collection<TopicDescription> found) {
        if (!durable) {
            return;
        }
        for (TopicDescription topic : found) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                int replicas = partition.replicas().size();
                if (replicas < DURABLE_REPLICAS) {
                    throw new IllegalStateException("turnlane.topics.durable needs " + DURABLE_REPLICAS
                            + " replicas of each partition, but partition " + partition.partition() + " of "
                            + topic.name() + " has " + replicas
                            + ". Add replicas with kafka-reassign-partitions.sh, or delete the topic if it contains no"
                            + " records that are needed, and start again.");
                }
            }
        }
    }
}
