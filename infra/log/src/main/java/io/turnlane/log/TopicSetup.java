package io.turnlane.log;

import io.turnlane.model.topic.TopicPlan;
import io.turnlane.model.topic.Topics;
import java.time.Duration;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates missing topics, and checks partition counts and settings of existing ones. Does not add partitions to an
 * existing topic, because its keys would move to other partitions, which would break the order within a session.
 *
 * @param connection settings of the Kafka client
 * @param timeout maximum time to wait for each reply of Kafka
 */
public record TopicSetup(Map<String, Object> connection, TopicsProperties topics, Duration timeout) {

    private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);

    /**
     * Prepares the topics.
     *
     * @throws IllegalStateException if Kafka does not respond, if the turns topic and the events topic have different
     *     partition counts, or if an existing topic has unsuitable settings that this process cannot change
     */
    public void prepare() {
        try (Admin admin = Admin.create(connection)) {
            Map<String, KafkaFuture<Void>> created = admin.createTopics(
                            topics.plans().stream().map(this::topic).toList())
                    .values();
            for (Map.Entry<String, KafkaFuture<Void>> topic : created.entrySet()) {
                await(topic.getKey(), topic.getValue());
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

    private void await(String topic, KafkaFuture<Void> created)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            created.get(timeout.toSeconds(), TimeUnit.SECONDS);
            log.atInfo().addKeyValue("topic", topic).log("topic created");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private void check(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicPlan> plans = topics.plans();
        Topics names = topics.names();
        Map<String, TopicDescription> found =
                awaitKnown(admin, plans.stream().map(TopicPlan::name).toList());
        TopicPlan.requireSamePartitions(names, partitions(found, names.turns()), partitions(found, names.events()));
        new TopicReviewer(admin, connection.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG), timeout.toSeconds())
                .review(plans.stream().collect(Collectors.toMap(TopicPlan::name, TopicPlan::settings)));
    }

    /** Waits until the broker knows the topics. A broker does not always know a new topic at once. */
    private Map<String, TopicDescription> awaitKnown(Admin admin, List<String> names)
            throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return admin.describeTopics(names).allTopicNames().get(timeout.toSeconds(), TimeUnit.SECONDS);
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
