package io.turnlane.gateway.problem;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call is refused; the message is for the client, so it says what to do and quotes nothing secret. */
public final class ProblemDetailException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient @Nullable RequestId requestId;
    private final @Nullable Duration retryAfter;

    public ProblemDetailException(ErrorCode code, String detail) {
        this(code, detail, null, null);
    }

    public ProblemDetailException(ErrorCode code, String detail, @Nullable Throwable cause) {
        this(code, detail, null, cause);
    }

    /** @param requestId the turn it is about: where the outcome isn't known, the client can look it up */
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

    /** It would be taken after this time. */
    public static ProblemDetailException retryLater(ErrorCode code, String detail, Duration retryAfter) {
        return new ProblemDetailException(code, detail, null, retryAfter, null);
    }

    /** The request itself is at fault. */
    public static ProblemDetailException invalid(String detail) {
        return new ProblemDetailException(ErrorCode.INVALID_REQUEST, detail);
    }

    /** No such thing, or not this caller's: which of both is nobody's business. */
    public static ProblemDetailException notFound(String what) {
        return new ProblemDetailException(ErrorCode.NOT_FOUND, "no such " + what);
    }

    public ErrorCode code() {
        return code;
    }

    public @Nullable RequestId requestId() {
        return requestId;
    }

    /** When it would be taken, where that is known. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** What the client is told. */
    public String detail() {
        String message = getMessage();
        return message == null ? code.title() : message;
    }
}
