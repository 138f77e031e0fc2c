package io.turnlane.gateway.system.backends;

import io.turnlane.gateway.kafka.KafkaTopicReviewer;
import io.turnlane.model.topic.TopicPlan;
import io.turnlane.model.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
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
 * Creates missing topics, and checks partition counts and settings of existing ones. Spring's {@code KafkaAdmin} is not
 * used, because it adds partitions to existing topics. This would move keys to other partitions and break the order
 * within a session.
 */
final class KafkaTopicSetup implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopicSetup.class);
    private static final long TIMEOUT_SECONDS = 15;

    private final Map<String, Object> connection;
    private final Topics names;
    private final List<TopicPlan> plans;
    private final short replicationFactor;

    KafkaTopicSetup(Map<String, Object> connection, Topics names, List<TopicPlan> plans, short replicationFactor) {
        this.connection = connection;
        this.names = names;
        this.plans = plans;
        this.replicationFactor = replicationFactor;
    }

    /**
     * @throws IllegalStateException if the broker is unavailable or rejects a topic, or if a topic has settings with
     *     which it would lose records
     */
    @Override
    public void run() {
        try (Admin admin = Admin.create(connection)) {
            var results =
                    admin.createTopics(plans.stream().map(this::topic).toList()).values();
            for (Map.Entry<String, KafkaFuture<Void>> result : results.entrySet()) {
                await(result.getKey(), result.getValue());
            }
            awaitKnown(admin);
            review(admin);
        }
    }

    private void review(Admin admin) {
        try {
            Map<String, TopicDescription> found = admin.describeTopics(List.of(names.turns(), names.events()))
                    .allTopicNames()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            TopicPlan.requireSamePartitions(names, partitions(found, names.turns()), partitions(found, names.events()));
            new KafkaTopicReviewer(admin, connection.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG), TIMEOUT_SECONDS)
                    .review(plans.stream().collect(Collectors.toMap(TopicPlan::name, TopicPlan::settings)));
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot check the topics", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot check the topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while setting up topics", e);
        }
    }

    private static int partitions(Map<String, TopicDescription> found, String topic) {
        return Objects.requireNonNull(found.get(topic)).partitions().size();
    }

    private NewTopic topic(TopicPlan plan) {
        return new NewTopic(plan.name(), plan.partitions(), replicationFactor).configs(plan.settings());
    }

    private static void await(String topic, KafkaFuture<Void> created) {
        try {
            created.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            LOG.atInfo().setMessage("topic created").addKeyValue("topic", topic).log();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("cannot create topic " + topic, e.getCause());
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot create topic " + topic, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while setting up topics", e);
        }
    }

    /**
     * Waits until the broker lists the new topics. A broker does not always know a topic immediately after its
     * creation.
     */
    private void awaitKnown(Admin admin) {
        List<String> names = plans.stream().map(TopicPlan::name).toList();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!known(admin, names)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the broker still does not list the topics that it created");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static boolean known(Admin admin, List<String> names) {
        try {
            admin.describeTopics(names).allTopicNames().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw new IllegalStateException("cannot describe the topics", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot describe the topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while setting up topics", e);
        }
    }
}
