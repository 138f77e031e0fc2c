package io.turnlane.model.topic;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Settings with which a missing topic is created. The partition count must not be changed later. Otherwise keys would
 * move to other partitions, and the turns of a session would no longer run in order.
 *
 * @param retention minimum time that a record is kept
 * @param maxRecordBytes maximum size of a record, in bytes
 */
public record TopicPlan(String name, int partitions, Duration retention, int maxRecordBytes) {

    /**
     * Maximum size of a record, in bytes. An answer of 256 KiB can take six times that size in escaped JSON. With its
     * default limit of 1 MiB, Kafka would reject such an answer.
     */
    public static final int MAX_RECORD_BYTES = 4 * 1024 * 1024;

    /** Maximum size of a quarantine record, in bytes. Such a record is the turn's record with additional headers. */
    public static final int MAX_QUARANTINE_BYTES = MAX_RECORD_BYTES + 64 * 1024;

    private static final Duration MAX_SEGMENT = Duration.ofHours(6);

    public TopicPlan {
        if (partitions < 1 || !retention.isPositive()) {
            throw new IllegalArgumentException("a topic must have at least one partition and a positive retention");
        }
    }

    /** Creates a plan with the default maximum record size. */
    public TopicPlan(String name, int partitions, Duration retention) {
        this(name, partitions, retention, MAX_RECORD_BYTES);
    }

    /** Retention of each topic. */
    public record Retention(
            Duration turns,
            Duration events,
            Duration control,
            Duration quarantine,
            Duration shadow,
            Duration deliveries) {}

    /**
     * Returns the plans of the topics that every installation has. Turns and events have the same partition count,
     * because the events of a turn go to the partition with the same number.
     */
    public static List<TopicPlan> of(Topics names, int partitions, Retention retention) {
        return List.of(
                new TopicPlan(names.turns(), partitions, retention.turns()),
                new TopicPlan(names.events(), partitions, retention.events()),
                new TopicPlan(names.control(), 1, retention.control()),
                new TopicPlan(names.quarantine(), 4, retention.quarantine(), MAX_QUARANTINE_BYTES),
                new TopicPlan(names.shadow(), 4, retention.shadow()),
                new TopicPlan(names.deliveries(), 4, retention.deliveries()));
    }

    /** Returns the settings of the topic, by the names that Kafka uses. */
    public Map<String, String> settings() {
        return Map.of(
                TopicReview.CLEANUP, "delete",
                TopicReview.RETENTION, Long.toString(retention.toMillis()),
                TopicReview.SEGMENT, Long.toString(segment().toMillis()),
                TopicReview.MAX_RECORD, Integer.toString(maxRecordBytes));
    }

    /**
     * Checks that both topics have the same partition count, because a turn's events go to the partition of the same
     * number.
     *
     * @throws IllegalStateException if the topics have different partition counts
     */
    public static void requireSamePartitions(Topics names, int turns, int events) {
        if (turns != events) {
            throw new IllegalStateException(
                    "%s has %d partitions and %s has %d, but both topics must have the same number."
                                    .formatted(names.turns(), turns, names.events(), events)
                            + " To resize, stop the gateways, drain the processors, delete both topics and restart.");
        }
    }

    /**
     * Returns the time after which a segment is closed: a twelfth of the retention, at most 6 h. Kafka deletes only
     * closed segments. With Kafka's default of 7 days until a segment is closed, a topic with a retention of 24 h would
     * keep records for a week.
     */
    public Duration segment() {
        Duration twelfth = retention.dividedBy(12);
        return twelfth.compareTo(MAX_SEGMENT) < 0 ? twelfth : MAX_SEGMENT;
    }
}
