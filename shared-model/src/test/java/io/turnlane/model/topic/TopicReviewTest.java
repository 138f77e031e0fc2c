package io.turnlane.model.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicReviewTest {

    private static final TopicPlan PLAN = new TopicPlan("turnlane.turns", 32, Duration.ofDays(7));

    @Test
    void acceptsATopicThatKeepsMoreThanItMust() {
        assertThat(review(Map.of())).isEqualTo(new TopicReview("turnlane.turns", Map.of(), Map.of()));
        assertThat(review(Map.of("retention.ms", "-1")).isAdjustable()).isFalse();
        assertThat(review(Map.of("retention.ms", "99999999999")).isAdjustable()).isFalse();
        assertThat(review(Map.of("segment.ms", "1000")).isAdjustable()).isFalse();
        assertThat(review(Map.of("max.message.bytes", "99999999")).isAdjustable())
                .isFalse();
    }

    @Test
    void adjustsWhatCanLoseNoRecord() {
        TopicReview review =
                review(Map.of("retention.ms", "3600000", "segment.ms", "604800000", "max.message.bytes", "1048588"));
        assertThat(review.isRejected()).isFalse();
        assertThat(review.adjustable())
                .isEqualTo(
                        Map.of("retention.ms", "604800000", "segment.ms", "21600000", "max.message.bytes", "4194304"));
    }

    @Test
    void raisesTheReplicasThatMustStoreARecord() {
        Map<String, String> needed = Map.of("min.insync.replicas", "2", "unclean.leader.election.enable", "false");
        assertThat(TopicReview.of(
                                "t",
                                needed,
                                Map.of("min.insync.replicas", "1", "unclean.leader.election.enable", "true"))
                        .adjustable())
                .isEqualTo(needed);
        assertThat(TopicReview.of(
                                "t",
                                needed,
                                Map.of("min.insync.replicas", "3", "unclean.leader.election.enable", "false"))
                        .isAdjustable())
                .isFalse();
    }

    @Test
    void rejectsACompactedTopicWithTheCommandThatChangesIt() {
        for (String policy : new String[] {"compact", "compact,delete"}) {
            TopicReview review = review(Map.of("cleanup.policy", policy, "retention.ms", "1000"));
            assertThat(review.isRejected()).isTrue();
            assertThat(review.problem("kafka:9092"))
                    .contains("kafka-configs.sh --bootstrap-server kafka:9092 --alter --entity-type topics"
                            + " --entity-name turnlane.turns"
                            + " --add-config cleanup.policy=delete,retention.ms=604800000");
        }
    }

    @Test
    void rejectsDifferentPartitionCountsOfTurnsAndEvents() {
        TopicPlan.requireSamePartitions(new Topics("t."), 8, 8);
        assertThatThrownBy(() -> TopicPlan.requireSamePartitions(new Topics("t."), 8, 9))
                .hasMessageContaining("t.turns has 8 partitions and t.events has 9");
    }

    private static TopicReview review(Map<String, String> changed) {
        Map<String, String> current = new HashMap<>(PLAN.settings());
        current.putAll(changed);
        return TopicReview.of(PLAN.name(), PLAN.settings(), current);
    }
}
