package io.turnlane.model;

/** State of a processor. */
public enum ProcessorState {
    RUNNING("running"),
    /** The processor accepts no more turns and finishes the running turns. */
    DRAINING("draining"),
    /** The processor has left the consumer group. Its process is still running. */
    EVACUATED("evacuated");

    private final String wire;

    ProcessorState(String wire) {
        this.wire = wire;
    }

    /** Returns the value in JSON. */
    public String wire() {
        return wire;
    }

    /**
     * Returns the state with this value.
     *
     * @throws IllegalArgumentException if no state has this value
     */
    public static ProcessorState of(String wire) {
        for (ProcessorState state : values()) {
            if (state.wire.equals(wire)) {
                return state;
            }
        }
        throw new IllegalArgumentException("unknown processor state: " + wire);
    }
}
