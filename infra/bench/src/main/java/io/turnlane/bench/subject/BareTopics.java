package io.turnlane.bench.subject;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics of a subject. */
public final class BareTopics {

    /** Number of partitions, as of the topics of Turnlane by default. */
    public static final int PARTITIONS = 32;

    private BareTopics() {}

    /** Creates the topics that do not exist yet. */
    public static void create(Map<String, Object> kafka, String... names) throws InterruptedException {
        try (Admin admin = Admin.create(kafka)) {
            admin.createTopics(Arrays.stream(names)
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("The topics could not be created", e.getCause());
            }
        }
    }
}
