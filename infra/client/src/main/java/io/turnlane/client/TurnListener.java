package io.turnlane.client;

/** Receives the progress of a turn. */
@FunctionalInterface
public interface TurnListener {

    /**
     * Called for each event that changed the turn's state, including the terminal event. The thread that follows the
     * turn makes the call.
     *
     * @param turn state after all events so far
     * @param update the event
     */
    void onUpdate(TurnView turn, TurnUpdate update);
}
