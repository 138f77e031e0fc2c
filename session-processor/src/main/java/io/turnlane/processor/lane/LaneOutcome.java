package io.turnlane.processor.lane;

import java.time.Duration;

/** How work on an item ended. */
public sealed interface LaneOutcome {

    LaneOutcome DONE = new Done();

    /** The item leaves its lane. */
    record Done() implements LaneOutcome {}

    /** The item stays at the head of its lane and is run again after this time, during which it holds no thread. */
    record RunAgain(Duration delay) implements LaneOutcome {}
}
