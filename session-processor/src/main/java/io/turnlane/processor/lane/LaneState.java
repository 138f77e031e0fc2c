package io.turnlane.processor.lane;

/** State of a lane. */
public enum LaneState {
    /** Waits for a slot. */
    READY,
    RUNNING,
    /** Waits for the end of its delay. */
    DELAYED,
    /** Waits for its side tasks. */
    BLOCKED
}
