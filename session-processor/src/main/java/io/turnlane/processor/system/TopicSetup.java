package io.turnlane.processor.system;

import io.turnlane.model.topic.TopicPlan;
import io.turnlane.model.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates missing topics, and checks partition counts and settings of existing ones. */
final class TopicSetup {

    private static final long TIMEOUT_SECONDS = 30;

    private final Map<String, Object> adminProperties;
    private final TopicsProperties topics;

    TopicSetup(Map<String, Object> adminProperties, TopicsProperties topics) {
        this.adminProperties = adminProperties;
        this.topics = topics;
    }

    /**
     * Prepares the topics.
     *
     * @throws IllegalStateException if Kafka does not respond, if the turns topic and the events topic have different
     *     partition counts, or if an existing topic has unsuitable settings that this process cannot change
     */
    void prepare() {
        try (Admin admin = Admin.create(adminProperties)) {
            Map<String, KafkaFuture<Void>> created = admin.createTopics(
                            topics.plans().stream().map(this::topic).toList())
                    .values();
            for (KafkaFuture<Void> topic : created.values()) {
                await(topic);
            }
            check(admin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while preparing the Kafka topics", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("cannot prepare the Kafka topics: " + e.getMessage(), e);
        }
    }

    private NewTopic topic(TopicPlan plan) {
        return new NewTopic(plan.name(), plan.partitions(), topics.replicationFactor()).configs(plan.settings());
    }

    private static void await(KafkaFuture<Void> created)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            created.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private void check(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Topics names = topics.names();
        Map<String, TopicDescription> found =
                awaitKnown(admin, topics.plans().stream().map(TopicPlan::name).toList());
        TopicPlan.requireSamePartitions(names, partitions(found, names.turns()), partitions(found, names.events()));
        new TopicReviewer(admin, adminProperties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG), TIMEOUT_SECONDS)
                .review(topics.plans().stream().collect(Collectors.toMap(TopicPlan::name, TopicPlan::settings)));
    }

    /** Waits until the broker knows the topics. A broker does not always know a new topic at once. */
    private static Map<String, TopicDescription> awaitKnown(Admin admin, List<String> names)
            throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (true) {
            try {
                return admin.describeTopics(names).allTopicNames().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > end) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private static int partitions(Map<String, TopicDescription> found, String topic) {
        TopicDescription description = found.get(topic);
        return description == null ? 0 : description.partitions().size();
    }
}
