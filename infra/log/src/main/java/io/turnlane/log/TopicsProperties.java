package io.turnlane.log;

import io.turnlane.model.topic.TopicPlan;
import io.turnlane.model.topic.TopicPlan.Retention;
import io.turnlane.model.topic.Topics;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Topics of this installation. Gateways and processors must have the same settings. Missing topics are created with
 * these settings. If the retention of an existing topic is shorter than configured here, it is increased. Apart from
 * that, these settings do not change existing topics.
 *
 * @param prefix prefix of every topic name
 * @param partitions number of partitions of a new turns or events topic; cannot be changed later
 * @param replicationFactor replicas of each partition of a new topic; -1 for the default of the broker, or 3 if durable
 * @param durable true if every topic must have three replicas, of which two must store a record before Kafka
 *     acknowledges it; the process does not start with topics that have fewer replicas
 * @param turnsRetention retention of a new turns topic
 * @param eventsRetention retention of a new events topic; streams can be resumed for this time
 * @param controlRetention retention of a new control topic
 * @param quarantineRetention retention of a new quarantine topic
 * @param shadowRetention retention of a new shadow topic
 * @param deliveriesRetention retention of a new deliveries topic; timelines show deliveries for this time
 */
@Validated
@ConfigurationProperties("turnlane.topics")
public record TopicsProperties(
        @DefaultValue("turnlane.") String prefix,
        @Min(1) @Max(10_000) @DefaultValue("32") int partitions,
        @Min(-1) @Max(100) @DefaultValue("-1") short replicationFactor,
        @DefaultValue("false") boolean durable,
        @DefaultValue("7d") Duration turnsRetention,
        @DefaultValue("24h") Duration eventsRetention,
        @DefaultValue("1h") Duration controlRetention,
        @DefaultValue("14d") Duration quarantineRetention,
        @DefaultValue("7d") Duration shadowRetention,
        @DefaultValue("24h") Duration deliveriesRetention) {

    public Topics names() {
        return new Topics(prefix);
    }

    /**
     * Returns the replication of the topics.
     *
     * @throws IllegalStateException if durable topics would have fewer than three replicas
     */
    public Replication replication() {
        try {
            return durable && replicationFactor < 0 ? Replication.DURABLE : new Replication(replicationFactor, durable);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("turnlane.topics.replication-factor is " + replicationFactor + ", but "
                    + e.getMessage() + " (turnlane.topics.durable).");
        }
    }

    public List<TopicPlan> plans() {
        return TopicPlan.of(
                names(),
                partitions,
                new Retention(
                        turnsRetention,
                        eventsRetention,
                        controlRetention,
                        quarantineRetention,
                        shadowRetention,
                        deliveriesRetention));
    }
}
