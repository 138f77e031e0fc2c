package io.turnlane.gateway.deliver;

/** The log of events can't be reached, or no more clients can be followed, at the moment. */
public final class EventsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EventsUnavailableException(String message) {
        super(message);
    }
}
