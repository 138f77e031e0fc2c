package io.turnlane.gateway.turns.deliver;

/** Listener for the ends of the turns of all sessions. The thread that reads the events calls it; must not block. */
public interface EndListener {

    /** Listener that needs no ends. */
    EndListener NONE = new EndListener() {
        @Override
        public boolean listens() {
            return false;
        }

        @Override
        public void ended(AgentEnd end) {}
    };

    /** Returns false while the listener needs no ends, so that no record is read for it. */
    boolean listens();

    void ended(AgentEnd end);
}
