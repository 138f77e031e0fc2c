package io.turnlane.chaos.scenario;

/** Length of a scenario. */
public enum Form {
    /** A few seconds and a few faults, for each build. */
    QUICK,
    /** Full form: the number of faults that {@code docs/chaos.md} states for the scenario. */
    FULL;

    /** Returns the value for this form. */
    int of(int quick, int full) {
        return this == QUICK ? quick : full;
    }
}
