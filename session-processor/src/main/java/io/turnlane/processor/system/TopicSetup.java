package io.turnlane.processor.system;

import io.turnlane.model.TopicPlan;
import io.turnlane.model.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics that are missing, and refuses to go on where those that exist don't fit together. */
final class TopicSetup {

    private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);
    private static final long SECONDS = 30;

    private final Map<String, Object> adminProperties;
    private final TopicsProperties topics;

    TopicSetup(Map<String, Object> adminProperties, TopicsProperties topics) {
        this.adminProperties = adminProperties;
        this.topics = topics;
    }

    /**
     * Makes the topics ready.
     *
     * @throws IllegalStateException where Kafka doesn't answer, or turns and events differ in their partitions
     */
    void prepare() {
        try (Admin admin = Admin.create(adminProperties)) {
            for (TopicPlan plan : topics.plans()) {
                create(admin, plan);
            }
            check(admin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the topics were made ready", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka did not make the topics ready: " + e.getMessage(), e);
        }
    }

    private void create(Admin admin, TopicPlan plan) throws InterruptedException, ExecutionException, TimeoutException {
        NewTopic topic = new NewTopic(plan.name(), plan.partitions(), topics.replicationFactor())
                .configs(Map.of(
                        "retention.ms", Long.toString(plan.retention().toMillis()),
                        "segment.ms", Long.toString(plan.segment().toMillis())));
        try {
            admin.createTopics(List.of(topic)).all().get(SECONDS, TimeUnit.SECONDS);
            log.atInfo()
                    .addKeyValue("topic", plan.name())
                    .addKeyValue("partitions", plan.partitions())
                    .log("topic created");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private void check(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Topics names = topics.names();
        Map<String, TopicDescription> found = admin.describeTopics(List.of(names.turns(), names.events()))
                .allTopicNames()
                .get(SECONDS, TimeUnit.SECONDS);
        int turns = partitions(found, names.turns());
        int events = partitions(found, names.events());
        if (turns != events) {
            throw new IllegalStateException(
                    "%s has %d partitions and %s has %d, but a turn's events need the partition of its"
                                    .formatted(names.turns(), turns, names.events(), events)
                            + " number. To resize: stop the gateways, let the processors drain, delete both topics and start again.");
        }
    }

    private static int partitions(Map<String, TopicDescription> found, String topic) {
        TopicDescription description = found.get(topic);
        return description == null ? 0 : description.partitions().size();
    }
}
