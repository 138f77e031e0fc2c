package io.turnlane.gateway.guard.admission;

import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Work that the processors must do before they can run a turn that is asked now.
 *
 * <p>A slot is the right to run one turn. By Little's law, occupied slots become free at the rate {@code slots /
 * runTime}, so n waiting turns all get a slot within {@code n * runTime / slots}. The measured rate of ended turns is
 * not used, because it is low on an idle system and does not show the capacity.
 *
 * @param reportedAt time at which the oldest of the processor statistics were taken
 * @param slots number of turns that can run at the same time
 * @param waiting number of waiting turns, including those not yet read from the log, minus the number of free slots
 * @param runTime mean time for which a turn occupies its slot
 */
record Backlog(Instant reportedAt, int slots, long waiting, Duration runTime) {

    /** Returns the backlog of the running processors; empty if none of them reports a run time yet. */
    static Optional<Backlog> of(List<ProcessorStatistics> alive) {
        List<ProcessorStatistics> running = alive.stream()
                .filter(processor -> processor.state() == ProcessorState.RUNNING && processor.places() != null)
                .toList();
        List<SlotStatistics> slots = running.stream()
                .map(ProcessorStatistics::places)
                .map(Objects::requireNonNull)
                .toList();
        double weight = 0;
        double seconds = 0;
        for (SlotStatistics processor : slots) {
            Duration runTime = processor.runTime();
            if (runTime != null) {
                weight += processor.most();
                seconds += processor.most() * (runTime.toNanos() / 1e9);
            }
        }
        if (weight == 0) {
            return Optional.empty();
        }
        long waiting = slots.stream()
                        .mapToLong(processor -> processor.ready() - processor.free())
                        .sum()
                + running.stream().mapToLong(ProcessorStatistics::lag).sum();
        return Optional.of(new Backlog(
                running.stream()
                        .map(ProcessorStatistics::at)
                        .min(Instant::compareTo)
                        .orElseThrow(),
                slots.stream().mapToInt(SlotStatistics::most).sum(),
                waiting,
                Duration.ofNanos((long) (seconds / weight * 1e9))));
    }

    /**
     * Returns the time that a turn asked now is expected to wait for a slot.
     *
     * @param admitted number of turns admitted since the statistics were taken
     * @param since time since the statistics were taken; slots that became free in this time shorten the expected wait
     */
    Duration expectedWait(long admitted, Duration since) {
        double perSecond = slots / Math.max(1e-6, runTime.toNanos() / 1e9);
        double left = waiting + admitted - perSecond * (since.toNanos() / 1e9);
        return left <= 0 ? Duration.ZERO : Duration.ofMillis((long) (left / perSecond * 1000));
    }
}
