package io.turnlane.gateway.system;

import io.turnlane.model.TopicPlan;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates missing topics and leaves existing topics unchanged. Spring's {@code KafkaAdmin} is not used, because it adds
 * partitions to existing topics. This would move keys to other partitions and break the order within a session.
 */
final class KafkaTopicSetup implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopicSetup.class);
    private static final long TIMEOUT_SECONDS = 15;

    private final Map<String, Object> connection;
    private final List<TopicPlan> plans;
    private final short replicationFactor;

    KafkaTopicSetup(Map<String, Object> connection, List<TopicPlan> plans, short replicationFactor) {
        this.connection = connection;
        this.plans = plans;
        this.replicationFactor = replicationFactor;
    }

    /** @throws IllegalStateException if the broker is unavailable or rejects a topic */
    @Override
    public void run() {
        try (Admin admin = Admin.create(connection)) {
            var results =
                    admin.createTopics(plans.stream().map(this::topic).toList()).values();
            for (Map.Entry<String, KafkaFuture<Void>> result : results.entrySet()) {
                await(result.getKey(), result.getValue());
            }
            awaitKnown(admin);
        }
    }

    private NewTopic topic(TopicPlan plan) {
        return new NewTopic(plan.name(), plan.partitions(), replicationFactor)
                .configs(Map.of(
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(plan.retention().toMillis()),
                        TopicConfig.SEGMENT_MS_CONFIG,
                        Long.toString(plan.segment().toMillis()),
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(plan.maxRecordBytes())));
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
