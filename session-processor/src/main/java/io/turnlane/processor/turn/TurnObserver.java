package io.turnlane.processor.turn;

/** Listener for the results of flights. Called by lane threads; must neither block nor throw. */
@FunctionalInterface
public interface TurnObserver {

    /** Handles the end of a flight, or of a turn that ended outside its order. */
    void flightEnded(TurnReport report);
}
