package io.turnlane.gateway.problem;

import java.io.IOException;

/** More bytes than any body of ours has; thrown while it is read, before anything is parsed. */
public final class BodyTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    public BodyTooLargeException(int limit) {
        super("a body has at most " + limit + " bytes");
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
