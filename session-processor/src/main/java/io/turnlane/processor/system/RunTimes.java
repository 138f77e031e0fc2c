package io.turnlane.processor.system;

import io.turnlane.processor.lane.LaneScheduler.Load;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** For how long a run took its place, on average over the last minute. Used by one thread. */
final class RunTimes {

    private static final int SECONDS = 60;

    private final Deque<Load> looks = new ArrayDeque<>(SECONDS + 1);

    /** Null where nothing ran to its end in that time. Called once a second. */
    @Nullable
    Duration turnOver(Load now) {
        Load before = looks.isEmpty() ? new Load(0, 0, 0, 0, 0) : looks.peekFirst();
        looks.addLast(now);
        if (looks.size() > SECONDS) {
            looks.removeFirst();
        }
        long runs = now.runs() - before.runs();
        return runs == 0 ? null : Duration.ofNanos((now.runNanos() - before.runNanos()) / runs);
    }
}
