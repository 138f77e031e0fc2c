package io.turnlane.processor.agent;

import io.turnlane.model.ErrorCode;

/**
 * Thrown by an agent if a retry would not help. The turn fails immediately, and the client receives the code and the
 * message of this exception.
 */
public final class TerminalAgentException extends Exception {

    private final ErrorCode code;

    public TerminalAgentException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
