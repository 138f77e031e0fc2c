package io.turnlane.chaos.scenario;

/** How long a scenario goes on. */
public enum Form {
    /** Some seconds and a few faults: for each build. */
    QUICK,
    /** As many faults as the promises are stated with. */
    FULL;

    /** The one or the other. */
    int of(int quick, int full) {
        return this == QUICK ? quick : full;
    }
}
