package io.turnlane.model;

import java.time.Duration;
import java.util.List;

/**
 * A topic as it is created where it is missing. The partition count is fixed for the topic's life: keys would move, and
 * with them the order within a session.
 *
 * @param retention how long a record stays, at least
 * @param maxRecordBytes largest record
 */
public record TopicPlan(String name, int partitions, Duration retention, int maxRecordBytes) {

    /** Of the turns topic, hence also of the events topic. */
    public static final int DEFAULT_PARTITIONS = 32;

    /**
     * An answer of 256 KiB may take six times that once JSON has escaped it; Kafka's default of 1 MiB would refuse it.
     */
    public static final int MAX_RECORD_BYTES = 4 * 1024 * 1024;

    /** A copy in quarantine is its turn's record with a few more headers, and must fit however large that is. */
    public static final int MAX_QUARANTINE_BYTES = MAX_RECORD_BYTES + 64 * 1024;

    private static final Duration LONGEST_SEGMENT = Duration.ofHours(6);

    public TopicPlan {
        if (partitions < 1 || !retention.isPositive()) {
            throw new IllegalArgumentException("a topic has at least one partition and a positive retention");
        }
    }

    /** A topic with records of the usual bound. */
    public TopicPlan(String name, int partitions, Duration retention) {
        this(name, partitions, retention, MAX_RECORD_BYTES);
    }

    /** How long each topic keeps its records. */
    public record Retention(Duration turns, Duration events, Duration control, Duration quarantine, Duration shadow) {

        public static final Retention DEFAULT = new Retention(
                Duration.ofDays(7), Duration.ofHours(24), Duration.ofHours(1), Duration.ofDays(14), Duration.ofDays(7));
    }

    /**
     * All topics of an installation; a turn's events go to the partition of the turn's number, so both have as many.
     */
    public static List<TopicPlan> of(Topics names, int partitions, Retention retention) {
        return List.of(
                new TopicPlan(names.turns(), partitions, retention.turns()),
                new TopicPlan(names.events(), partitions, retention.events()),
                new TopicPlan(names.control(), 1, retention.control()),
                new TopicPlan(names.quarantine(), 4, retention.quarantine(), MAX_QUARANTINE_BYTES),
                new TopicPlan(names.shadow(), 4, retention.shadow()));
    }

    /**
     * How long a segment stays open: a twelfth of the retention, at most 6 h. Kafka deletes whole closed segments, so
     * with its default of 7 days a topic of 24 h would keep a week.
     */
    public Duration segment() {
        Duration twelfth = retention.dividedBy(12);
        return twelfth.compareTo(LONGEST_SEGMENT) < 0 ? twelfth : LONGEST_SEGMENT;
    }
}
