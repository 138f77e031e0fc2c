package io.turnlane.gateway.system;

import io.turnlane.model.TopicPlan;
import io.turnlane.model.TopicPlan.Retention;
import io.turnlane.model.Topics;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The topics, as they are made where they are missing; one that is there stays as it is.
 *
 * @param prefix of all names
 * @param partitions of turns and events
 * @param replicationFactor -1 is the broker's default
 */
@Validated
@ConfigurationProperties("turnlane.topics")
public record TopicProperties(
        @DefaultValue("turnlane.") String prefix,
        @DefaultValue("32") @Min(1) int partitions,
        @DefaultValue("-1") short replicationFactor,
        @DefaultValue RetentionTimes retention) {

    public record RetentionTimes(
            @DefaultValue("7d") Duration turns,
            @DefaultValue("24h") Duration events,
            @DefaultValue("1h") Duration control,
            @DefaultValue("14d") Duration quarantine,
            @DefaultValue("7d") Duration shadow) {}

    Topics names() {
        return new Topics(prefix);
    }

    List<TopicPlan> plans() {
        Retention keep = new Retention(
                retention.turns(), retention.events(), retention.control(), retention.quarantine(), retention.shadow());
        return TopicPlan.of(names(), partitions, keep);
    }
}
