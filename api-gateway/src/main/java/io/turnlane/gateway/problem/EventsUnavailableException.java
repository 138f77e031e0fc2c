package io.turnlane.gateway.problem;

/** Thrown if the events topic is unavailable or the gateway accepts no more clients at the moment. */
public final class EventsUnavailableException extends RuntimeException {

    public EventsUnavailableException(String message) {
        super(message);
    }
}
