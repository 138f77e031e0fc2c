package io.turnlane.processor.lane;

import java.time.Duration;

/** Result of the work on an item. The item either leaves its lane or runs again. */
public sealed interface LaneOutcome {

    /** Shared instance of {@link Done}, which has no components. */
    LaneOutcome DONE = new Done();

    /** The item leaves its lane. */
    record Done() implements LaneOutcome {}

    /**
     * The item stays at the head of its lane and runs again after the delay. During the delay, the lane occupies no
     * thread.
     */
    record RunAgain(Duration delay) implements LaneOutcome {}
}
