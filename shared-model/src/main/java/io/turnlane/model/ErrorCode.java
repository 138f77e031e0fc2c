package io.turnlane.model;

import java.util.Locale;

/** What can go wrong, as clients see it: a stable word, and the HTTP status where a call is refused because of it. */
public enum ErrorCode {
    INVALID_REQUEST(400, "The request is not valid"),
    UNAUTHORIZED(401, "Who are you?"),
    FORBIDDEN(403, "Not allowed"),
    NOT_FOUND(404, "No such thing"),
    METHOD_NOT_ALLOWED(405, "Not this way"),
    NOT_ACCEPTABLE(406, "Not in that form"),
    SESSION_BUSY(409, "The session is busy"),
    SESSION_EXISTS(409, "There is such a session already"),
    QUESTION_TOO_LARGE(413, "The question is too large"),
    METADATA_TOO_LARGE(413, "The metadata is too large"),
    REQUEST_TOO_LARGE(413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Send JSON"),
    CHECKSUM_MISMATCH(422, "The checksum is another"),
    IDEMPOTENCY_CONFLICT(422, "The idempotency key was used for something else"),
    UNKNOWN_AGENT(422, "No such agent"),
    RATE_LIMITED(429, "Too many requests"),
    SESSION_QUEUE_FULL(429, "Too many turns wait in this session"),
    INTERNAL_ERROR(500, "Something broke on our side"),
    OVERLOADED(503, "Too much work at the moment"),
    UNAVAILABLE(503, "A part that this needs is away"),

    ANSWER_TOO_LARGE(0, "The answer is too large"),
    EXPIRED(0, "The question waited for too long"),
    AGENT_ERROR(0, "The agent failed"),
    AGENT_TIMEOUT(0, "The agent took too long"),
    DEADLINE_EXCEEDED(0, "The deadline passed"),
    USAGE_LIMIT(0, "The usage limit is reached"),
    POISON(0, "The turn ended its processor too often"),
    UNREADABLE_RECORD(422, "The record can't be read");

    private final int httpStatus;
    private final String title;

    ErrorCode(int httpStatus, String title) {
        this.httpStatus = httpStatus;
        this.title = title;
    }

    /** The word in JSON: the name in lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The HTTP status of a refused call; 0 where the code only stands in a failed request. */
    public int httpStatus() {
        return httpStatus;
    }

    /** A short sentence for people, the same for every occurrence. */
    public String title() {
        return title;
    }
}
