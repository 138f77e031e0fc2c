package io.turnlane.store.memory;

/** Observes stored values that can no longer be read. Called by any thread; must neither block nor throw. */
@FunctionalInterface
public interface DamageObserver {

    /** Kind of a damaged value. */
    enum DamagedValue {
        /** A turn in a session's history. */
        TURN,
        /** The answer in a request record. */
        ANSWER,
        /** The states of a session's agents. */
        STATES
    }

    void valueDamaged(DamagedValue what);
}
