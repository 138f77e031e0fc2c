package io.turnlane.model.topic;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Difference between the settings of an existing topic and those that Turnlane needs.
 *
 * @param adjustable settings that a gateway or processor is allowed to change by itself, with their needed values.
 *     These changes keep records longer, delete records sooner after their retention has ended, or allow larger
 *     records.
 * @param rejected settings that only an operator is allowed to change, with their needed values. If the topic belongs
 *     to another application, such a change could delete that application's records.
 */
public record TopicReview(String topic, Map<String, String> adjustable, Map<String, String> rejected) {

    static final String CLEANUP = "cleanup.policy";
    static final String RETENTION = "retention.ms";
    static final String SEGMENT = "segment.ms";
    static final String MAX_RECORD = "max.message.bytes";

    /** Number of replicas that must store a record before Kafka acknowledges it. */
    public static final String MIN_REPLICAS = "min.insync.replicas";

    /** Setting that allows a replica to become leader although it lacks acknowledged records. */
    public static final String UNCLEAN_ELECTION = "unclean.leader.election.enable";

    private static final long UNLIMITED = -1;

    public TopicReview {
        adjustable = Map.copyOf(adjustable);
        rejected = Map.copyOf(rejected);
    }

    /**
     * Compares the needed settings with the current ones. Ignores settings that this class does not know, and values
     * that differ but are sufficient, such as a longer retention.
     *
     * @param needed settings with which the topic would be created
     * @param current settings of the topic, by the names that Kafka uses
     */
    public static TopicReview of(String topic, Map<String, String> needed, Map<String, String> current) {
        Map<String, String> adjustable = new TreeMap<>();
        Map<String, String> rejected = new TreeMap<>();
        needed.forEach((name, value) -> {
            String now = current.get(name);
            if (now != null && !isSufficient(name, value, now)) {
                (name.equals(CLEANUP) ? rejected : adjustable).put(name, value);
            }
        });
        return new TopicReview(topic, adjustable, rejected);
    }

    private static boolean isSufficient(String name, String needed, String current) {
        return switch (name) {
            case CLEANUP, UNCLEAN_ELECTION -> current.equals(needed);
            case RETENTION -> number(current) == UNLIMITED || number(current) >= number(needed);
            case MAX_RECORD, MIN_REPLICAS -> number(current) >= number(needed);
            case SEGMENT -> number(current) <= number(needed);
            default -> true;
        };
    }

    private static long number(String value) {
        return Long.parseLong(value);
    }

    /** Returns true if a setting must be changed before the topic can be used. */
    public boolean isRejected() {
        return !rejected.isEmpty();
    }

    /** Returns true if a setting should be changed. */
    public boolean isAdjustable() {
        return !adjustable.isEmpty();
    }

    /**
     * Returns a message for the operator. It gives the reason for which the topic cannot be used, and the command that
     * changes all settings of this review.
     *
     * @param servers bootstrap servers of the Kafka cluster
     */
    public String problem(String servers) {
        Map<String, String> all = new TreeMap<>(adjustable);
        all.putAll(rejected);
        String settings = all.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(","));
        return "The topic " + topic + " would lose records, because it has other settings than " + settings
                + ". If the topic belongs to this installation, run: kafka-configs.sh --bootstrap-server " + servers
                + " --alter --entity-type topics --entity-name " + topic + " --add-config " + settings
                + " and start again. Records that the topic has lost cannot be restored."
                + " Otherwise set turnlane.topics.prefix to another prefix.";
    }
}
