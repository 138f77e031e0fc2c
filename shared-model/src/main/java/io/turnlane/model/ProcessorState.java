package io.turnlane.model;

/** Whether a processor takes turns. */
public enum ProcessorState {
    RUNNING("running"),
    /** It takes no more turns, and finishes those that run. */
    DRAINING("draining"),
    /** It has left the group; its process still lives. */
    EVACUATED("evacuated");

    private final String wire;

    ProcessorState(String wire) {
        this.wire = wire;
    }

    /** The word that stands in JSON. */
    public String wire() {
        return wire;
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException where there is no such state
     */
    public static ProcessorState of(String wire) {
        for (ProcessorState state : values()) {
            if (state.wire.equals(wire)) {
                return state;
            }
        }
        throw new IllegalArgumentException("no such state: " + wire);
    }
}
