package io.turnlane.gateway.problem;

import java.io.IOException;

/** Thrown while a request body is read if it is larger than the limit, before anything is parsed. */
public final class BodyTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    public BodyTooLargeException(int limit) {
        super("The body is too large: at most " + limit + " bytes are allowed.");
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
