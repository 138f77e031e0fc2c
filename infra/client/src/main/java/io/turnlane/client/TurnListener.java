package io.turnlane.client;

/** Who is told how a turn goes on. */
@FunctionalInterface
public interface TurnListener {

    /**
     * Called on the thread that follows, for each event that changed something, the terminal one too.
     *
     * @param turn what all events so far add up to
     * @param news the event
     */
    void onUpdate(TurnView turn, TurnUpdate news);
}
