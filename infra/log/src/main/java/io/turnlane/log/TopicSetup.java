package io.turnlane.log;

import io.turnlane.model.topic.TopicPlan;
import io.turnlane.model.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates missing topics, and checks partition counts and settings of existing ones. Does not add partitions to an
 * existing topic, because its keys would move to other partitions, which would break the order within a session.
 *
 * @param connection settings of the Kafka client
 * @param rights rights that the program needs on the topics
 * @param timeout maximum time to wait for each reply of Kafka
 */
public record TopicSetup(
        Map<String, Object> connection, TopicsProperties topics, KafkaRights rights, Duration timeout) {

    private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);

    /**
     * Prepares the topics.
     *
     * @throws KafkaAccessException if the credentials or the certificate are wrong, or if the program lacks a right
     * @throws IllegalStateException if Kafka does not respond, if the turns topic and the events topic have different
     *     partition counts, or if an existing topic has unsuitable settings that this process cannot change
     */
    public void prepare() {
        try (Admin admin = Admin.create(connection)) {
            Map<String, KafkaFuture<Void>> created = admin.createTopics(
                            topics.plans().stream().map(this::topic).toList())
                    .values();
            boolean denied = false;
            for (Map.Entry<String, KafkaFuture<Void>> topic : created.entrySet()) {
                denied |= isDenied(topic.getKey(), topic.getValue());
            }
            check(admin, denied);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while preparing the Kafka topics", e);
        } catch (ExecutionException | TimeoutException e) {
            throw KafkaProblem.of(e)
                    .<IllegalStateException>map(KafkaAccessException::new)
                    .orElseGet(
                            () -> new IllegalStateException("cannot prepare the Kafka topics: " + e.getMessage(), e));
        }
    }

    private NewTopic topic(TopicPlan plan) {
        return new NewTopic(plan.name(), plan.partitions(), topics.replication().replicas()).configs(settings(plan));
    }

    private Map<String, String> settings(TopicPlan plan) {
        Map<String, String> all = new HashMap<>(plan.settings());
        all.putAll(topics.replication().settings());
        return all;
    }

    /**
     * Waits until the topic is created.
     *
     * @return true if Kafka does not allow this program to create the topic; an operator may have created it
     */
    private boolean isDenied(String topic, KafkaFuture<Void> created)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            created.get(timeout.toSeconds(), TimeUnit.SECONDS);
            log.atInfo().addKeyValue("topic", topic).log("topic created");
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            if (e.getCause() instanceof AuthorizationException) {
                return true;
            }
            throw e;
        }
    }

    private void check(Admin admin, boolean creationDenied)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicPlan> plans = topics.plans();
        Topics names = topics.names();
        Map<String, TopicDescription> found =
                awaitKnown(admin, plans.stream().map(TopicPlan::name).toList(), creationDenied);
        TopicPlan.requireSamePartitions(names, partitions(found, names.turns()), partitions(found, names.events()));
        topics.replication().require(found.values());
        requireRights(admin, found.values());
        new TopicReviewer(admin, connection.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG), timeout.toSeconds())
                .review(plans.stream().collect(Collectors.toMap(TopicPlan::name, this::settings)));
    }

    /**
     * Waits until the broker knows the topics. A broker does not always know a new topic at once.
     *
     * @param creationDenied true if a missing topic does not have to be awaited, because this program cannot create it
     */
    private Map<String, TopicDescription> awaitKnown(Admin admin, List<String> names, boolean creationDenied)
            throws InterruptedException, ExecutionException, TimeoutException {
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return admin.describeTopics(names, options).allTopicNames().get(timeout.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AuthorizationException) {
                    throw new KafkaAccessException("Kafka does not allow this user to describe the topics with the"
                            + " prefix " + topics.prefix() + ". docs/security.md lists the ACLs of each program.");
                }
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > end) {
                    throw e;
                }
                if (creationDenied) {
                    throw new KafkaAccessException("Topics are missing, and Kafka does not allow this user to create"
                            + " them. Allow it to create topics with the prefix " + topics.prefix()
                            + ", or create the topics that docs/records.md lists.");
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /**
     * Returns true if the rights of this program are limited. Without ACLs, or as a superuser, it could even delete the
     * topics. Its rights on groups are then not checked, because a new broker needs seconds to answer for a group.
     */
    private static boolean limited(Collection<TopicDescription> found) {
        return found.stream()
                .map(TopicDescription::authorizedOperations)
                .anyMatch(allowed -> allowed == null || !allowed.contains(AclOperation.DELETE));
    }

    /** Checks that Kafka allows all operations on topics and consumer groups that this program needs. */
    private void requireRights(Admin admin, Collection<TopicDescription> found)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<String> missing = new ArrayList<>();
        for (TopicDescription topic : found) {
            rights.missing(topic.name(), Objects.requireNonNullElse(topic.authorizedOperations(), Set.of()))
                    .forEach(operation -> missing.add(operation + " on the topic " + topic.name()));
        }
        for (String group : limited(found) ? rights.groups() : Set.<String>of()) {
            try {
                admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get(timeout.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof AuthorizationException)) {
                    throw e;
                }
                missing.add("READ on the consumer group " + group);
            }
        }
        if (!missing.isEmpty()) {
            throw new KafkaAccessException("This Kafka user lacks rights: " + String.join(", ", missing)
                    + ". docs/security.md lists the ACLs of each program.");
        }
    }

    private static int partitions(Map<String, TopicDescription> found, String topic) {
        TopicDescription description = found.get(topic);
        return description == null ? 0 : description.partitions().size();
    }
}
