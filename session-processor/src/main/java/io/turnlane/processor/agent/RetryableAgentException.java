package io.turnlane.processor.agent;

import io.turnlane.model.ErrorCode;

/**
 * Thrown by an agent if another attempt may succeed. The processor handles every other exception in the same way, but
 * shows clients only the code and the message of this one. The message must not quote the question, the answer or a
 * secret.
 */
public final class RetryableAgentException extends Exception {

    private final ErrorCode code;

    public RetryableAgentException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
