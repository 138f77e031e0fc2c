package io.turnlane.client;

/** Receives the progress of a turn. */
@FunctionalInterface
public interface TurnListener {

    /**
     * Called on the following thread for each event that changed the turn's state, including the terminal event.
     *
     * @param turn state after all events so far
     * @param update the event
     */
    void onUpdate(TurnView turn, TurnUpdate update);
}
