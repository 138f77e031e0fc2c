package io.turnlane.client;

import java.util.Locale;

/** The status of a turn. The last five are terminal: no other status follows them. */
public enum TurnStatus {
    QUEUED,
    RUNNING,
    RETRYING,
    COMPLETED,
    FAILED,
    CANCELLED,
    SUPERSEDED,
    REJECTED;

    /** Returns true if no other status follows. */
    public boolean isTerminal() {
        return compareTo(COMPLETED) >= 0;
    }

    /** Returns true if this JSON value names a terminal status. Terminal events have the same names. */
    static boolean isTerminal(String wire) {
        for (TurnStatus status : values()) {
            if (status.isTerminal() && status.wire().equals(wire)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the value used in JSON. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TurnStatus of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
