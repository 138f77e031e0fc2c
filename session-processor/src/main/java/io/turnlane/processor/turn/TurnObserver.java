package io.turnlane.processor.turn;

/** Is told how turns go. Called by lanes' threads; must neither block nor throw. */
@FunctionalInterface
public interface TurnObserver {

    void flightEnded(TurnReport report);
}
