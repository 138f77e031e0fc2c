package io.turnlane.gateway.admission;

import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is to be worked off before a turn that is asked now, by what processors said of themselves.
 *
 * <p>By Little's law places that are all taken free up at the rate {@code places / run time}, so a queue of n turns is
 * worked off in {@code n * run time / places}. How often turns end is not asked: while there is nothing to do that is
 * seldom, and says nothing of what could be done.
 *
 * @param reportedAt when the oldest of the figures were taken
 * @param slots where turns can run
 * @param waiting turns that wait for a place, or aren't read from the log yet, less the places that are free; negative
 *     where places are left
 * @param runTime for how long a turn takes its place
 */
record Backlog(Instant reportedAt, int slots, long waiting, Duration runTime) {

    /** Empty where nobody serves turns, or nobody has worked off any yet: then nothing is known. */
    static Optional<Backlog> of(List<ProcessorStatistics> alive) {
        List<ProcessorStatistics> serving = alive.stream()
                .filter(one -> one.state() == ProcessorState.RUNNING && one.places() != null)
                .toList();
        List<SlotStatistics> places = serving.stream()
                .map(ProcessorStatistics::places)
                .map(Objects::requireNonNull)
                .toList();
        double weight = 0;
        double seconds = 0;
        for (SlotStatistics one : places) {
            Duration runTime = one.runTime();
            if (runTime != null) {
                weight += one.most();
                seconds += one.most() * (runTime.toNanos() / 1e9);
            }
        }
        if (weight == 0) {
            return Optional.empty();
        }
        long waiting =
                places.stream().mapToLong(one -> one.ready() - one.free()).sum()
                        + serving.stream().mapToLong(ProcessorStatistics::lag).sum();
        return Optional.of(new Backlog(
                serving.stream()
                        .map(ProcessorStatistics::at)
                        .min(Instant::compareTo)
                        .orElseThrow(),
                places.stream().mapToInt(SlotStatistics::most).sum(),
                waiting,
                Duration.ofNanos((long) (seconds / weight * 1e9))));
    }

    /**
     * How long a turn that is asked now will wait for a place.
     *
     * @param admitted turns that were taken since the figures were
     * @param since how long ago that was: meanwhile places went on freeing up
     */
    Duration expectedWait(long admitted, Duration since) {
        double perSecond = slots / Math.max(1e-6, runTime.toNanos() / 1e9);
        double left = waiting + admitted - perSecond * (since.toNanos() / 1e9);
        return left <= 0 ? Duration.ZERO : Duration.ofMillis((long) (left / perSecond * 1000));
    }
}
