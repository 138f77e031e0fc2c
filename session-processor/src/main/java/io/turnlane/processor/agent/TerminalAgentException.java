package io.turnlane.processor.agent;

import io.turnlane.model.ErrorCode;

/** "Do not retry" as a type: the turn fails at once, with this code and this message for the client. */
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
