package io.turnlane.log;

import io.turnlane.model.topic.TopicReview;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the settings of existing topics with the needed ones. Changes settings if this is safe, and rejects a topic
 * that would lose records.
 */
public final class TopicReviewer {

    private static final Logger log = LoggerFactory.getLogger(TopicReviewer.class);
    private static final String RETENTION_BYTES = "retention.bytes";

    private final Admin admin;
    private final String servers;
    private final long timeoutSeconds;

    /** @param servers bootstrap servers, for the command that an operator is advised to run */
    public TopicReviewer(Admin admin, @Nullable Object servers, long timeoutSeconds) {
        this.admin = admin;
        this.servers = servers instanceof Collection<?> all
                ? String.join(",", all.stream().map(String::valueOf).toList())
                : String.valueOf(servers);
        this.timeoutSeconds = timeoutSeconds;
    }

    /**
     * Reviews the topics.
     *
     * @throws IllegalStateException if a topic needs settings that only an operator may change, or that Kafka does not
     *     allow this process to change; the message contains the command for the operator
     */
    public void review(Map<String, Map<String, String>> needed)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<ConfigResource, Config> found;
        try {
            found = admin.describeConfigs(needed.keySet().stream()
                            .map(TopicReviewer::resource)
                            .toList())
                    .all()
                    .get(timeoutSeconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                log.atWarn().log("settings of the topics not checked: not allowed to describe them");
                return;
            }
            throw e;
        }
        List<String> problems = new ArrayList<>();
        for (Map.Entry<ConfigResource, Config> topic : found.entrySet()) {
            Map<String, String> settings = settings(topic.getValue());
            String name = topic.getKey().name();
            warnIfBoundedInSize(name, settings);
            review(TopicReview.of(name, needed.getOrDefault(name, Map.of()), settings), problems);
        }
        if (!problems.isEmpty()) {
            throw new IllegalStateException(String.join(" ", problems));
        }
    }

    private void review(TopicReview review, List<String> problems)
            throws ExecutionException, TimeoutException, InterruptedException {
        if (review.isRejected() || (review.isAdjustable() && !adjust(review))) {
            problems.add(review.problem(servers));
        }
    }

    /** Changes the adjustable settings. Returns false if Kafka does not allow the change. */
    private boolean adjust(TopicReview review) throws ExecutionException, TimeoutException, InterruptedException {
        List<AlterConfigOp> changes = review.adjustable().entrySet().stream()
                .map(setting -> new AlterConfigOp(new ConfigEntry(setting.getKey(), setting.getValue()), OpType.SET))
                .toList();
        try {
            admin.incrementalAlterConfigs(Map.of(resource(review.topic()), changes))
                    .all()
                    .get(timeoutSeconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return false;
            }
            throw e;
        }
        log.atWarn()
                .addKeyValue("topic", review.topic())
                .addKeyValue("changed", review.adjustable())
                .log("settings of an existing topic changed, because they did not meet the configuration");
        return true;
    }

    private static void warnIfBoundedInSize(String topic, Map<String, String> settings) {
        String bytes = settings.getOrDefault(RETENTION_BYTES, "-1");
        if (!bytes.equals("-1")) {
            log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue(RETENTION_BYTES, bytes)
                    .log("the topic is bounded in size, so records may be deleted before their retention ends");
        }
    }

    private static Map<String, String> settings(Config config) {
        Map<String, String> settings = new HashMap<>();
        config.entries().forEach(entry -> settings.put(entry.name(), entry.value()));
        return settings;
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }
}
