package io.turnlane.processor.system;

import io.turnlane.model.SessionKey;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.Turn;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Age of the oldest turn that waits in a lane: for an earlier turn of its session, for a slot, for its next attempt or
 * for a side task. Turns that run do not count. Safe for use by multiple threads.
 */
record OldestWaiting(LaneScheduler<SessionKey, Turn> lanes, InstantSource clock) {

    /** Returns the time since the turn was published to the log; zero if no turn waits. */
    Duration age() {
        return lanes.oldestWaiting(Turn::loggedAt)
                .map(logged -> Duration.between(logged, clock.instant()))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
    }
}
