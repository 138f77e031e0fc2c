package io.turnlane.doubles;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Times that a program took to react to something, for example to close a connection after a cancel. Tests check the
 * median, because other programs on a busy machine can delay a single reaction. One thread uses it.
 */
public final class ReactionTimes {

    private final List<Duration> times = new ArrayList<>();

    /** Test code that causes a reaction and waits for it. */
    @FunctionalInterface
    public interface Reaction {

        void await() throws Exception;
    }

    /** Notes how long this reaction takes. */
    public void measure(Reaction reaction) throws Exception {
        long start = System.nanoTime();
        reaction.await();
        times.add(Duration.ofNanos(System.nanoTime() - start));
    }

    /**
     * Returns the median, or the smaller of the two values in the middle.
     *
     * @throws IllegalStateException if there are fewer than three times
     */
    public Duration median() {
        if (times.size() < 3) {
            throw new IllegalStateException("a median needs three times or more, not " + times.size());
        }
        return times.stream().sorted().toList().get((times.size() - 1) / 2);
    }
}
