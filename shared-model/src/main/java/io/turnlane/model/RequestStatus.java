package io.turnlane.model;

/** Where a request stands. The last five are terminal: nothing follows them. */
public enum RequestStatus {
    QUEUED("queued"),
    RUNNING("running"),
    RETRYING("retrying"),
    COMPLETED("completed"),
    FAILED("failed"),
    CANCELLED("cancelled"),
    SUPERSEDED("superseded"),
    REJECTED("rejected");

    private final String wire;

    RequestStatus(String wire) {
        this.wire = wire;
    }

    /** The word that stands in JSON, in Redis and in logs. */
    public String wire() {
        return wire;
    }

    public boolean isTerminal() {
        return switch (this) {
            case QUEUED, RUNNING, RETRYING -> false;
            case COMPLETED, FAILED, CANCELLED, SUPERSEDED, REJECTED -> true;
        };
    }

    /** Whether this word, be it an event's type, is one of a terminal status. */
    public static boolean isTerminalType(String wire) {
        for (RequestStatus status : values()) {
            if (status.wire.equals(wire)) {
                return status.isTerminal();
            }
        }
        return false;
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException where there is no such status
     */
    public static RequestStatus of(String wire) {
        for (RequestStatus status : values()) {
            if (status.wire.equals(wire)) {
                return status;
            }
        }
        throw new IllegalArgumentException("no such status: " + wire);
    }
}
