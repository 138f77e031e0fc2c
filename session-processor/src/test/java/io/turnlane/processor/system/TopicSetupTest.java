package io.turnlane.processor.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.backends.TestBackends;
import io.turnlane.log.KafkaRights;
import io.turnlane.log.TopicSetup;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.topic.TopicPlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Topics that somebody created before the first start, or that the broker created automatically. */
class TopicSetupTest {

    private static final Map<String, Object> CONNECTION = TestBackends.shared().kafka();

    private final TopicsProperties topics = new TopicsProperties(
            "test-" + UUID.randomUUID().toString().substring(0, 8) + ".",
            2,
            (short) 1,
            false,
            Duration.ofDays(7),
            Duration.ofHours(24),
            Duration.ofHours(1),
            Duration.ofDays(14),
            Duration.ofDays(7),
            Duration.ofHours(24));
    private final Admin admin = Admin.create(CONNECTION);

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void refusesEveryCompactedTopicWithTheCommandThatChangesIt() throws Exception {
        for (TopicPlan plan : topics.plans()) {
            create(plan, Map.of("cleanup.policy", "compact"));
        }
        for (TopicPlan plan : topics.plans()) {
            assertThatThrownBy(this::prepare)
                    .hasMessageContaining("--entity-name " + plan.name() + " --add-config cleanup.policy=delete");
        }
    }

    @Test
    void raisesRetentionsAndRecordSizesThatAreTooSmall() throws Exception {
        for (TopicPlan plan : topics.plans()) {
            create(plan, Map.of("retention.ms", "60000", "segment.ms", "604800000", "max.message.bytes", "1000000"));
        }
        prepare();
        for (TopicPlan plan : topics.plans()) {
            for (Map.Entry<String, String> setting : plan.settings().entrySet()) {
                assertThat(setting(plan.name(), setting.getKey()).value())
                        .as(plan.name() + " " + setting.getKey())
                        .isEqualTo(setting.getValue());
            }
        }
    }

    @Test
    void createsTopicsThatDoNotDependOnTheBrokersCleanupPolicy() throws Exception {
        prepare();
        for (TopicPlan plan : topics.plans()) {
            ConfigEntry policy = setting(plan.name(), "cleanup.policy");
            assertThat(policy.value()).isEqualTo("delete");
            assertThat(policy.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        }
    }

    @Test
    void rejectsTopicsWithOneReplicaIfTheyMustBeDurable() throws Exception {
        for (TopicPlan plan : topics.plans()) {
            create(plan, Map.of());
        }
        TopicsProperties durable = new TopicsProperties(
                topics.prefix(),
                topics.partitions(),
                (short) -1,
                true,
                topics.turnsRetention(),
                topics.eventsRetention(),
                topics.controlRetention(),
                topics.quarantineRetention(),
                topics.shadowRetention(),
                topics.deliveriesRetention());
        assertThatThrownBy(
                        () -> new TopicSetup(CONNECTION, durable, KafkaRights.NONE, Duration.ofSeconds(30)).prepare())
                .hasMessageContaining("turnlane.topics.durable needs 3 replicas")
                .hasMessageContaining("has 1");
    }

    private void prepare() {
        new TopicSetup(CONNECTION, topics, KafkaRights.NONE, Duration.ofSeconds(30)).prepare();
    }

    private void create(TopicPlan plan, Map<String, String> settings) throws Exception {
        admin.createTopics(List.of(new NewTopic(plan.name(), plan.partitions(), (short) 1).configs(settings)))
                .all()
                .get();
    }

    private ConfigEntry setting(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(name);
    }
}
