package io.turnlane.processor.intake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;

/** Keeps the statistics of a poll thread. The poll thread updates them after each poll, and any thread reads them. */
final class IntakeMonitor {

    /** Minimum time between two reads of the partitions' states while records arrive. */
    private static final Duration BACKLOG_INTERVAL = Duration.ofMillis(100);

    private final Partitions partitions;
    private final Budget budget;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private long lastBacklogNanos;
    private List<PartitionState> held = List.of();
    private Instant lastProgress;
    private long lastEndedCount;
    private volatile IntakeStatistics statistics;

    IntakeMonitor(Partitions partitions, Budget budget, InstantSource clock, LongSupplier nanoTime) {
        this.partitions = partitions;
        this.budget = budget;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.lastBacklogNanos = nanoTime.getAsLong();
        this.lastProgress = clock.instant();
        this.statistics = IntakeStatistics.empty(lastProgress);
    }

    IntakeStatistics statistics() {
        return statistics;
    }

    /**
     * Updates the statistics after a poll.
     *
     * @param quiet true if the poll returned no record
     * @param exhausted true if the open turns have reached a bound
     */
    void polled(boolean quiet, boolean exhausted) {
        long nanos = nanoTime.getAsLong();
        if (quiet || nanos - lastBacklogNanos >= BACKLOG_INTERVAL.toNanos()) {
            lastBacklogNanos = nanos;
            held = partitions.states(clock.instant(), nanos);
        }
        Instant now = clock.instant();
        statistics = new IntakeStatistics(
                now, partitions.partitionCount(), held, budget.openTurns(), stalledFor(exhausted, now));
    }

    /** Sets the statistics of a poll thread that has ended. */
    void ended() {
        statistics = IntakeStatistics.empty(clock.instant());
    }

    private Duration stalledFor(boolean exhausted, Instant now) {
        long ended = budget.endedCount();
        if (!exhausted || ended != lastEndedCount || now.isBefore(lastProgress)) {
            lastEndedCount = ended;
            lastProgress = now;
        }
        return Duration.between(lastProgress, now);
    }
}
