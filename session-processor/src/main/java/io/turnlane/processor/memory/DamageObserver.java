package io.turnlane.processor.memory;

/** Is told of stored values that can't be read any more. Called by any thread; must neither block nor throw. */
@FunctionalInterface
public interface DamageObserver {

    /** What it was. */
    enum DamagedValue {
        /** A turn of a session's history. */
        TURN,
        /** A request's answer. */
        ANSWER
    }

    void valueDamaged(DamagedValue what);
}
