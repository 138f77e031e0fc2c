package io.turnlane.processor.system;

import io.turnlane.processor.lane.LaneScheduler.LaneLoad;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** For how long a run took its place, on average over the last minute. Used by one thread. */
final class MeanRunTime {

    private static final int SECONDS = 60;

    private final Deque<LaneLoad> looks = new ArrayDeque<>(SECONDS + 1);

    /** Null where nothing ran to its end in that time. Called once a second. */
    @Nullable
    Duration update(LaneLoad now) {
        LaneLoad before = looks.isEmpty() ? new LaneLoad(0, 0, 0, 0, 0) : looks.peekFirst();
        looks.addLast(now);
        if (looks.size() > SECONDS) {
            looks.removeFirst();
        }
        long runs = now.runs() - before.runs();
        return runs == 0 ? null : Duration.ofNanos((now.runNanos() - before.runNanos()) / runs);
    }
}
