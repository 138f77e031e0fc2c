package io.turnlane.gateway.system;

import io.turnlane.model.TopicPlan;
import io.turnlane.model.TopicPlan.Retention;
import io.turnlane.model.Topics;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The topics of this installation; must be the same for gateways and processors. They are made where they are missing;
 * one that is there stays as it is.
 *
 * @param prefix start of every topic's name
 * @param partitions partitions of the turns and events topics, where they are made; fixed for their life
 * @param replicationFactor replicas of a partition, where topics are made; -1 is the broker's default
 * @param turnsRetention how long the turns topic keeps records, where it is made
 * @param eventsRetention how long the events topic keeps records, where it is made: streams can be resumed so long
 * @param controlRetention how long the control topic keeps records, where it is made
 * @param quarantineRetention how long the quarantine topic keeps records, where it is made
 * @param shadowRetention how long the shadow topic keeps records, where it is made
 */
@Validated
@ConfigurationProperties("turnlane.topics")
public record GatewayTopicsProperties(
        @DefaultValue("turnlane.") String prefix,
        @DefaultValue("32") @Min(1) @Max(10_000) int partitions,
        @DefaultValue("-1") @Min(-1) @Max(100) short replicationFactor,
        @DefaultValue("7d") Duration turnsRetention,
        @DefaultValue("24h") Duration eventsRetention,
        @DefaultValue("1h") Duration controlRetention,
        @DefaultValue("14d") Duration quarantineRetention,
        @DefaultValue("7d") Duration shadowRetention) {

    Topics names() {
        return new Topics(prefix);
    }

    List<TopicPlan> plans() {
        return TopicPlan.of(
                names(),
                partitions,
                new Retention(turnsRetention, eventsRetention, controlRetention, quarantineRetention, shadowRetention));
    }
}
