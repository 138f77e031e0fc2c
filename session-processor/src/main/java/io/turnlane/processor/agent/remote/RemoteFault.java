package io.turnlane.processor.agent.remote;

import io.turnlane.model.ErrorCode;
import io.turnlane.processor.agent.RetryableAgentException;
import io.turnlane.processor.agent.TerminalAgentException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Failure of a call to a remote agent. Its message never quotes what the agent sent, except a short error code. */
final class RemoteFault extends Exception {

    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    /** Codes of errors that another attempt would not change. */
    private static final Pattern PERMANENT = Pattern.compile(
            "invalid.*|unsupported.*|.*not_found|authentication.*|permission.*|context_length.*|content_.*|insufficient_quota");

    private final ErrorCode code;
    private final boolean permanent;
    private final @Nullable Duration retryAfter;
    private boolean isWithoutResponse;

    private RemoteFault(ErrorCode code, boolean permanent, String problem, @Nullable Duration retryAfter) {
        super(problem);
        this.code = code;
        this.permanent = permanent;
        this.retryAfter = retryAfter;
    }

    /** @param problem end of a sentence whose subject is the agent */
    static RemoteFault retryable(ErrorCode code, String problem) {
        return new RemoteFault(code, false, problem, null);
    }

    /** @param problem end of a sentence whose subject is the agent */
    static RemoteFault permanent(ErrorCode code, String problem) {
        return new RemoteFault(code, true, problem, null);
    }

    /** The agent's stream ended too early, or its bytes are not what they should be. */
    static RemoteFault broken(String problem) {
        return retryable(ErrorCode.AGENT_ERROR, problem);
    }

    /** The agent closed the connection before it sent any part of a response. */
    static RemoteFault withoutResponse() {
        RemoteFault fault = broken("closed the connection before it answered");
        fault.isWithoutResponse = true;
        return fault;
    }

    /** The agent does not keep to its protocol. */
    static RemoteFault violation(String problem) {
        return permanent(ErrorCode.AGENT_ERROR, problem);
    }

    /** The agent asked for the result of a tool. */
    static RemoteFault toolCall() {
        return violation("asked for a tool call, which only agents of the type chat can do");
    }

    /** The answer ended at the agent's own limit. */
    static RemoteFault cutOff() {
        return permanent(ErrorCode.ANSWER_TOO_LARGE, "stopped at its output limit before the answer was complete");
    }

    /** A filter of the agent stopped the answer. */
    static RemoteFault filtered() {
        return permanent(ErrorCode.AGENT_ERROR, "stopped the answer with its content filter");
    }

    /**
     * The agent reported an error.
     *
     * @param code code of the error, or null
     */
    static RemoteFault reported(@Nullable String code) {
        boolean isPermanent = code != null && PERMANENT.matcher(code).matches();
        String shown = code != null && ERROR_CODE.matcher(code).matches() ? " (" + code + ")" : "";
        return new RemoteFault(ErrorCode.AGENT_ERROR, isPermanent, "reported an error" + shown, null);
    }

    /**
     * The agent answered with an unsuccessful status.
     *
     * @param retryAfter time after which the agent accepts the call, or null
     */
    static RemoteFault status(int status, @Nullable Duration retryAfter) {
        boolean isPermanent = status < 500 && status != 408 && status != 425 && status != 429;
        return new RemoteFault(
                ErrorCode.AGENT_ERROR, isPermanent, "answered with status " + status, isPermanent ? null : retryAfter);
    }

    boolean isWithoutResponse() {
        return isWithoutResponse;
    }

    /**
     * Returns the time after which the same call may be repeated within the attempt, or null if the agent named none.
     * If it is not null, the agent has sent no part of an answer.
     */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    /** Returns the exception for the processor. */
    Exception toException(String agent, String host) {
        String message = "The agent \"" + agent + "\" at " + host + " " + getMessage() + ".";
        return permanent ? new TerminalAgentException(code, message) : new RetryableAgentException(code, message);
    }
}
