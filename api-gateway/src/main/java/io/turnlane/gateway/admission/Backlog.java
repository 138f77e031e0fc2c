package io.turnlane.gateway.admission;

import io.turnlane.model.ProcessorFigures;
import io.turnlane.model.ProcessorFigures.Places;
import io.turnlane.model.ProcessorState;
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
 * @param at when the oldest of the figures were taken
 * @param places where turns can run
 * @param waiting turns that wait for a place, or aren't read from the log yet, less the places that are free; negative
 *     where places are left
 * @param runTime for how long a turn takes its place
 */
record Backlog(Instant at, int places, long waiting, Duration runTime) {

    /** Empty where nobody serves turns, or nobody has worked off any yet: then nothing is known. */
    static Optional<Backlog> of(List<ProcessorFigures> alive) {
        List<ProcessorFigures> serving = alive.stream()
                .filter(one -> one.state() == ProcessorState.RUNNING && one.places() != null)
                .toList();
        List<Places> places = serving.stream()
                .map(ProcessorFigures::places)
                .map(Objects::requireNonNull)
                .toList();
        double weight = 0;
        double seconds = 0;
        for (Places one : places) {
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
                        + serving.stream().mapToLong(ProcessorFigures::lag).sum();
        return Optional.of(new Backlog(
                serving.stream()
                        .map(ProcessorFigures::at)
                        .min(Instant::compareTo)
                        .orElseThrow(),
                places.stream().mapToInt(Places::most).sum(),
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
        double perSecond = places / Math.max(1e-6, runTime.toNanos() / 1e9);
        double left = waiting + admitted - perSecond * (since.toNanos() / 1e9);
        return left <= 0 ? Duration.ZERO : Duration.ofMillis((long) (left / perSecond * 1000));
    }
}
