package io.turnlane.gateway.problem;

/** Thrown if the events topic is unavailable or the gateway accepts no more clients at the moment. */
public final class EventsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public EventsUnavailableException(String message) {
        super(message);
    }
}
