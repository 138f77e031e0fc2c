package io.turnlane.model;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Status of a request. The last five values are terminal: a request that has one of them keeps it. */
public enum RequestStatus implements WireEnum {
    QUEUED,
    RUNNING,
    RETRYING,
    COMPLETED,
    FAILED,
    CANCELLED,
    SUPERSEDED,
    REJECTED;

    private static final Set<String> TERMINAL_TYPES = Arrays.stream(values())
            .filter(RequestStatus::isTerminal)
            .map(RequestStatus::wire)
            .collect(Collectors.toUnmodifiableSet());

    public boolean isTerminal() {
        return switch (this) {
            case QUEUED, RUNNING, RETRYING -> false;
            case COMPLETED, FAILED, CANCELLED, SUPERSEDED, REJECTED -> true;
        };
    }

    /** Returns true if the value is a terminal status, which is also the type of a terminal event. */
    public static boolean isTerminalType(String wire) {
        return TERMINAL_TYPES.contains(wire);
    }

    /** Returns the request status with this text form; throws an IllegalArgumentException if there is none. */
    public static RequestStatus of(String wire) {
        return WireEnum.require(values(), "request status", wire);
    }
}
