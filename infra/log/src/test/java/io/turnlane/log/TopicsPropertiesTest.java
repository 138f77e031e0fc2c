package io.turnlane.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.topic.TopicPlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;

/** The settings of topics have the documented defaults and are bound by their documented names. */
class TopicsPropertiesTest {

    private static TopicsProperties bind(Map<String, String> values) {
        Binder binder = new Binder(
                List.of(new MapConfigurationPropertySource(values)),
                null,
                ApplicationConversionService.getSharedInstance());
        return binder.bindOrCreate("turnlane.topics", Bindable.of(TopicsProperties.class));
    }

    @Test
    void plansTheTopics() {
        TopicsProperties defaults = bind(Map.of());
        assertThat(defaults.plans())
                .containsExactly(
                        new TopicPlan("turnlane.turns", 32, Duration.ofDays(7)),
                        new TopicPlan("turnlane.events", 32, Duration.ofHours(24)),
                        new TopicPlan("turnlane.control", 1, Duration.ofHours(1)),
                        new TopicPlan("turnlane.quarantine", 4, Duration.ofDays(14), TopicPlan.MAX_QUARANTINE_BYTES),
                        new TopicPlan("turnlane.shadow", 4, Duration.ofDays(7)),
                        new TopicPlan("turnlane.deliveries", 4, Duration.ofHours(24)));
        assertThat(defaults.plans())
                .extracting(TopicPlan::segment)
                .containsExactly(
                        Duration.ofHours(6),
                        Duration.ofHours(2),
                        Duration.ofMinutes(5),
                        Duration.ofHours(6),
                        Duration.ofHours(6),
                        Duration.ofHours(2));
        TopicsProperties own = bind(Map.of(
                "turnlane.topics.prefix",
                "x.",
                "turnlane.topics.partitions",
                "3",
                "turnlane.topics.events-retention",
                "1h"));
        assertThat(own.plans().get(1)).isEqualTo(new TopicPlan("x.events", 3, Duration.ofHours(1)));
    }

    @Test
    void durableTopicsHaveThreeReplicasOfWhichTwoStoreEachRecord() {
        assertThat(bind(Map.of()).replication()).isEqualTo(Replication.OF_THE_BROKER);
        Replication durable = bind(Map.of("turnlane.topics.durable", "true")).replication();
        assertThat(durable).isEqualTo(Replication.DURABLE);
        assertThat(durable.replicas()).isEqualTo((short) 3);
        assertThat(durable.settings())
                .isEqualTo(Map.of("min.insync.replicas", "2", "unclean.leader.election.enable", "false"));
        TopicsProperties contradiction =
                bind(Map.of("turnlane.topics.durable", "true", "turnlane.topics.replication-factor", "2"));
        assertThatThrownBy(contradiction::replication)
                .hasMessageContaining("turnlane.topics.replication-factor is 2")
                .hasMessageContaining("at least 3 replicas");
    }
}
