package io.turnlane.model;

/** Status of a request. The last five values are terminal: a request that has one of them keeps it. */
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

    /** Returns the value in JSON, in Redis and in logs. */
    public String wire() {
        return wire;
    }

    public boolean isTerminal() {
        return switch (this) {
            case QUEUED, RUNNING, RETRYING -> false;
            case COMPLETED, FAILED, CANCELLED, SUPERSEDED, REJECTED -> true;
        };
    }

    /** Returns true if the value is a terminal status, which is also the type of a terminal event. */
    public static boolean isTerminalType(String wire) {
        for (RequestStatus status : values()) {
            if (status.wire.equals(wire)) {
                return status.isTerminal();
            }
        }
        return false;
    }

    /**
     * Returns the status with this value.
     *
     * @throws IllegalArgumentException if no status has this value
     */
    public static RequestStatus of(String wire) {
        for (RequestStatus status : values()) {
            if (status.wire.equals(wire)) {
                return status;
            }
        }
        throw new IllegalArgumentException("unknown request status: " + wire);
    }
}
