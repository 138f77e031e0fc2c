package io.turnlane.chaos.simulation;

/** Removal of a mechanism from a simulation. Shows that the checks find violations of the promise behind it. */
public enum Mutation {
    NONE,
    /** The store does not compare fences. */
    FENCE,
    /** The store runs a turn again that has completed. */
    DEDUPE,
    /** The group receives the position of the consumer instead of the frontier. */
    FRONTIER
}
