package io.turnlane.log;

import io.turnlane.model.topic.Topics;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;

/**
 * Rights that a program needs on Kafka, apart from those to create topics and to change their settings. The file
 * {@code infra/deploy/kafka/acls.tsv} contains all ACLs.
 *
 * @param topics needed operations by topic
 * @param groups consumer groups that the program joins
 */
public record KafkaRights(Map<String, Set<AclOperation>> topics, Set<String> groups) {

    /** No rights, for programs that only create topics. */
    public static final KafkaRights NONE = new KafkaRights(Map.of(), Set.of());

    public KafkaRights {
        topics = Map.copyOf(topics);
        groups = Set.copyOf(groups);
    }

    /** Returns the rights of a gateway. */
    public static KafkaRights ofGateway(Topics names) {
        return new KafkaRights(
                Map.of(
                        names.turns(), Set.of(AclOperation.WRITE),
                        names.events(), Set.of(AclOperation.READ),
                        names.control(), Set.of(AclOperation.WRITE),
                        names.quarantine(), Set.of(AclOperation.READ)),
                Set.of());
    }

    /** Returns the rights of a processor that is a member of these consumer groups. */
    public static KafkaRights ofProcessor(Topics names, Collection<String> groups) {
        return new KafkaRights(
                Map.of(
                        names.turns(), Set.of(AclOperation.READ, AclOperation.WRITE),
                        names.events(), Set.of(AclOperation.READ, AclOperation.WRITE),
                        names.control(), Set.of(AclOperation.READ),
                        names.quarantine(), Set.of(AclOperation.WRITE)),
                Set.copyOf(groups));
    }

    /**
     * Returns the needed operations on a topic that are not among the allowed ones, in the order of their names.
     *
     * @param allowed operations that Kafka allows
     */
    Set<AclOperation> missing(String topic, Set<AclOperation> allowed) {
        Set<AclOperation> missing = new TreeSet<>(topics.getOrDefault(topic, Set.of()));
        missing.removeAll(allowed);
        return missing;
    }
}
