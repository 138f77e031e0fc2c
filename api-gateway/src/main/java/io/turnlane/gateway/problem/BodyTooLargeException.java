package io.turnlane.gateway.problem;

import java.io.IOException;

/** Thrown when the gateway reads a request body that is larger than the limit. */
public final class BodyTooLargeException extends IOException {

    public BodyTooLargeException(int limit) {
        super("The body is too large: at most " + limit + " bytes are allowed.");
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
