package io.turnlane.processor.lane;

import java.time.Duration;

/** Result of the work on an item. It determines if the item leaves its lane. */
public sealed interface LaneOutcome {

    /** The only instance of {@link Done} that is needed. */
    LaneOutcome DONE = new Done();

    /** The item leaves its lane. */
    record Done() implements LaneOutcome {}

    /**
     * The item stays at the head of its lane and runs again after the delay. During the delay, the lane occupies no
     * thread.
     */
    record RunAgain(Duration delay) implements LaneOutcome {}
}
