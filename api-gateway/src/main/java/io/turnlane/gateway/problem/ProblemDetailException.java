package io.turnlane.gateway.problem;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a call fails and the client receives the error. The message becomes the {@code detail} of the problem. It
 * must describe the error and what the client can do, and must contain no secrets.
 */
public final class ProblemDetailException extends RuntimeException {

    private final ErrorCode code;
    private final transient @Nullable RequestId requestId;
    private final @Nullable Duration retryAfter;

    public ProblemDetailException(ErrorCode code, String detail) {
        this(code, detail, null, null);
    }

    public ProblemDetailException(ErrorCode code, String detail, @Nullable Throwable cause) {
        this(code, detail, null, cause);
    }

    /**
     * Creates an exception about a turn.
     *
     * @param requestId id of the turn, with which the client can look up the outcome of the call
     */
    public ProblemDetailException(
            ErrorCode code, String detail, @Nullable RequestId requestId, @Nullable Throwable cause) {
        this(code, detail, requestId, null, cause);
    }

    private ProblemDetailException(
            ErrorCode code,
            String detail,
            @Nullable RequestId requestId,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(detail, cause);
        this.code = code;
        this.requestId = requestId;
        this.retryAfter = retryAfter;
    }

    /** Returns an exception for a call that the client can retry after the given delay. */
    public static ProblemDetailException retryLater(ErrorCode code, String detail, Duration retryAfter) {
        return new ProblemDetailException(code, detail, null, retryAfter, null);
    }

    public static ProblemDetailException invalid(String detail) {
        return new ProblemDetailException(ErrorCode.INVALID_REQUEST, detail);
    }

    /**
     * Returns an exception for a resource that does not exist or belongs to another caller. Clients cannot distinguish
     * these two cases.
     */
    public static ProblemDetailException notFound(String what) {
        return new ProblemDetailException(ErrorCode.NOT_FOUND, "There is no such " + what + ".");
    }

    public ErrorCode code() {
        return code;
    }

    public @Nullable RequestId requestId() {
        return requestId;
    }

    /** Returns the delay after which a retry can succeed; null if unknown. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Returns the text for the client. */
    public String detail() {
        String message = getMessage();
        return message == null ? code.title() : message;
    }
}
