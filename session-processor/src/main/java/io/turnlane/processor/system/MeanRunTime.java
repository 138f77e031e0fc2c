package io.turnlane.processor.system;

import io.turnlane.processor.lane.LaneLoad;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Computes the average time of the runs that ended in the last minute. A run is the work of a lane on one item. For use
 * by one thread.
 */
final class MeanRunTime {

    private static final int SECONDS = 60;

    private final Deque<LaneLoad> samples = new ArrayDeque<>(SECONDS + 1);

    /**
     * Returns the average time of the runs that ended in the last minute; null if none ended. Must be called once a
     * second, with the current load.
     */
    @Nullable
    Duration update(LaneLoad now) {
        LaneLoad oldest = samples.isEmpty() ? new LaneLoad(0, 0, 0, 0, 0) : samples.peekFirst();
        samples.addLast(now);
        if (samples.size() > SECONDS) {
            samples.removeFirst();
        }
        long runs = now.runs() - oldest.runs();
        return runs == 0 ? null : Duration.ofNanos((now.runNanos() - oldest.runNanos()) / runs);
    }
}
