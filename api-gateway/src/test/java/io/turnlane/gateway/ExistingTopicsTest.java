package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.backends.TestBackends;
import io.turnlane.log.CompactedTopic;
import io.turnlane.log.Replication;
import io.turnlane.model.topic.Topics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

/** A gateway whose topics exist with settings under which they would lose records. */
class ExistingTopicsTest {

    private static final Map<String, Object> CONNECTION = TestBackends.shared().kafka();

    private final Topics topics = TestGateway.freshTopics();

    @Test
    void acceptsNoQuestionForACompactedTurnsTopic() throws Exception {
        create(topics.turns(), 2, "compact");
        create(topics.events(), 2, "delete");
        assertRejectsQuestions();
    }

    @Test
    void acceptsNoQuestionIfTurnsAndEventsHaveDifferentPartitionCounts() throws Exception {
        create(topics.turns(), 2, "delete");
        create(topics.events(), 3, "delete");
        assertRejectsQuestions();
    }

    @Test
    void usesNoKeysTopicThatDeletesKeysByAge() throws Exception {
        create(topics.keys(), 1, "delete");
        assertThatThrownBy(
                        () -> CompactedTopic.ofApiKeys(CONNECTION, topics).createIfMissing(Replication.OF_THE_BROKER))
                .hasMessageContaining("--entity-name " + topics.keys() + " --add-config cleanup.policy=compact");
    }

    private void assertRejectsQuestions() {
        try (TestGateway gateway =
                TestGateway.start(TestBackends.shared(), topics, "turnlane.gateway.streams.start-patience=1s")) {
            assertThat(gateway.get("/readyz").status()).isEqualTo(503);
            assertThat(gateway.ask("s-1", "?").status()).isEqualTo(503);
        }
    }

    private static void create(String topic, int partitions, String cleanup) throws Exception {
        try (Admin admin = Admin.create(CONNECTION)) {
            admin.createTopics(List.of(
                            new NewTopic(topic, partitions, (short) 1).configs(Map.of("cleanup.policy", cleanup))))
                    .all()
                    .get();
        }
    }
}
