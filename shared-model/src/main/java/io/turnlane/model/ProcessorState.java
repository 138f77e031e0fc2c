package io.turnlane.model;

/** State of a processor. */
public enum ProcessorState implements WireEnum {
    RUNNING,
    /** The processor accepts no more turns and finishes the running turns. */
    DRAINING,
    /** The processor has left the consumer group. Its process is still running. */
    EVACUATED;

    /** Returns the processor state with this text form; throws an IllegalArgumentException if there is none. */
    public static ProcessorState of(String wire) {
        return WireEnum.require(values(), "processor state", wire);
    }
}
