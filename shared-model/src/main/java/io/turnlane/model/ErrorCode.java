package io.turnlane.model;

/**
 * Error codes of the API. Each has a stable code for programs, a title for people, and the HTTP status with which a
 * gateway rejects a call.
 */
public enum ErrorCode implements WireEnum {
    INVALID_REQUEST(400, "The request is not valid"),
    UNAUTHORIZED(401, "Authentication is required"),
    FORBIDDEN(403, "The caller is not allowed to do this"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed"),
    NOT_ACCEPTABLE(406, "The requested format is not available"),
    SESSION_BUSY(409, "The session is busy"),
    SESSION_EXISTS(409, "The session already exists"),
    QUESTION_TOO_LARGE(413, "The question is too large"),
    METADATA_TOO_LARGE(413, "The metadata is too large"),
    STATE_TOO_LARGE(413, "The state of the agents is too large"),
    REQUEST_TOO_LARGE(413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The request body must be JSON"),
    CHECKSUM_MISMATCH(422, "The checksum does not match"),
    IDEMPOTENCY_CONFLICT(422, "The idempotency key was used for another request"),
    UNKNOWN_AGENT(422, "Unknown agent"),
    RATE_LIMITED(429, "Too many requests"),
    SESSION_QUEUE_FULL(429, "The session has too many open turns"),
    BUDGET_EXHAUSTED(429, "The usage budget is used up"),
    INTERNAL_ERROR(500, "Internal error"),
    OVERLOADED(503, "The service is overloaded"),
    UNAVAILABLE(503, "A required service is unavailable"),

    ANSWER_TOO_LARGE(0, "The answer is too large"),
    EXPIRED(0, "The question waited too long"),
    AGENT_ERROR(0, "The agent failed"),
    AGENT_TIMEOUT(0, "The agent took too long"),
    INVALID_STATE(0, "The agent set an invalid state"),
    INPUT_REQUIRED(0, "The agent needs a person's input"),
    DEADLINE_EXCEEDED(0, "The deadline passed"),
    USAGE_LIMIT(0, "The usage limit is reached"),
    POISON(0, "The turn crashed its processor too often"),
    UNREADABLE_RECORD(422, "The record cannot be read");

    private final int httpStatus;
    private final String title;

    ErrorCode(int httpStatus, String title) {
        this.httpStatus = httpStatus;
        this.title = title;
    }

    /**
     * Returns the HTTP status with which gateways reject a call with this code, or 0 if only failed turns have this
     * code.
     */
    public int httpStatus() {
        return httpStatus;
    }

    /** Returns a short description for people. All errors with this code have the same description. */
    public String title() {
        return title;
    }
}
