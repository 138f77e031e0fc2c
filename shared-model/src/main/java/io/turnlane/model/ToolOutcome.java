package io.turnlane.model;

/** End of a tool's call. */
public enum ToolOutcome implements WireEnum {
    /** The tool returned a result. */
    COMPLETED,
    /** The tool threw an exception. */
    FAILED,
    /** The tool returned no result within its time limit. */
    TIMED_OUT,
    /** The arguments do not match the tool's schema, or the tool rejected their values. */
    INVALID,
    /** The agent may not use the tool, or the tool does not exist. */
    NOT_ALLOWED;

    /**
     * Returns the outcome with this text form.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ToolOutcome of(String wire) {
        return WireEnum.require(values(), "outcome", wire);
    }
}
