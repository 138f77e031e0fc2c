package io.turnlane.processor.turn;

/** Listener for the results of flights. Called by lane threads; must neither block nor throw. */
@FunctionalInterface
public interface TurnObserver {

    /**
     * Handles the end of a flight (execution of a turn). Also called for a turn that ended while it was waiting in its
     * lane, without a flight.
     */
    void flightEnded(TurnReport report);
}
