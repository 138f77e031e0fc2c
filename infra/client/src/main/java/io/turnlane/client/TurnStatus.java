package io.turnlane.client;

import java.util.Locale;

/** Where a turn stands. The last five are terminal: nothing follows them. */
public enum TurnStatus {
    QUEUED,
    RUNNING,
    RETRYING,
    COMPLETED,
    FAILED,
    CANCELLED,
    SUPERSEDED,
    REJECTED;

    /** Whether nothing follows. */
    public boolean terminal() {
        return compareTo(COMPLETED) >= 0;
    }

    /** Whether an event or a status of this name is a turn's end. */
    static boolean terminal(String wire) {
        for (TurnStatus status : values()) {
            if (status.terminal() && status.wire().equals(wire)) {
                return true;
            }
        }
        return false;
    }

    /** The word that stands in JSON. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TurnStatus of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
