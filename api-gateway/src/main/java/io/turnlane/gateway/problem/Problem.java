package io.turnlane.gateway.problem;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.ServerHttpResponse;
import tools.jackson.databind.json.JsonMapper;

/**
 * Problem details of failed calls, as in RFC 9457. They have an additional field {@code code}. If a problem concerns a
 * turn, it also has the turn's {@code request_id}.
 */
public final class Problem {

    /** Challenge of RFC 6750 in a response with status 401. */
    public static final String CHALLENGE = "Bearer realm=\"turnlane\"";

    /** Challenge for credentials that are invalid. */
    public static final String INVALID_CREDENTIALS = CHALLENGE + ", error=\"invalid_token\"";

    private static final String TYPE = "urn:turnlane:problem:";

    private Problem() {}

    public static ProblemDetail of(ProblemDetailException rejection) {
        ProblemDetail problem = of(rejection.code(), rejection.detail(), rejection.requestId());
        Duration retryAfter = rejection.retryAfter();
        if (retryAfter != null) {
            // A WebSocket frame has no Retry-After header.
            problem.setProperty("retry_after", seconds(retryAfter));
        }
        return problem;
    }

    /** Returns a problem. If the turn's id is not null, the problem contains it. */
    public static ProblemDetail of(ErrorCode code, String detail, @Nullable RequestId requestId) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.valueOf(code.httpStatus()), detail);
        problem.setType(URI.create(TYPE + code.wire()));
        problem.setTitle(code.title());
        problem.setProperty("code", code.wire());
        if (requestId != null) {
            problem.setProperty("request_id", requestId.toString());
        }
        return problem;
    }

    /**
     * Returns the problem for a call that no controller handles. For other calls, Spring adds the {@code instance}.
     *
     * @param path path of the call, which becomes the {@code instance}; if it is null or not a URI, the problem has no
     *     {@code instance}
     */
    public static ProblemDetail of(ProblemDetailException rejection, @Nullable String path) {
        return path == null ? of(rejection) : withInstance(path, of(rejection));
    }

    static ProblemDetail withInstance(String path, ProblemDetail problem) {
        try {
            problem.setInstance(new URI(path));
        } catch (URISyntaxException _) {
            // the instance is optional
        }
        return problem;
    }

    /** Writes a problem as the response to a call that no controller handles. */
    public static void write(
            ProblemDetailException rejection, @Nullable String path, ServerHttpResponse response, JsonMapper json)
            throws IOException {
        response.setStatusCode(HttpStatus.valueOf(rejection.code().httpStatus()));
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        response.getBody().write(json.writeValueAsBytes(of(rejection, path)));
        response.flush();
    }

    /** Returns the value of {@code Retry-After} in seconds; empty if a retry is pointless. */
    public static Optional<String> retryAfter(ProblemDetailException rejection) {
        Duration known = rejection.retryAfter();
        return known == null ? retryAfter(rejection.code()) : Optional.of(Long.toString(seconds(known)));
    }

    private static long seconds(Duration time) {
        return Math.max(1, time.plusMillis(999).toSeconds());
    }

    /** Returns the default value of {@code Retry-After} in seconds for a code; empty if a retry is pointless. */
    public static Optional<String> retryAfter(ErrorCode code) {
        return switch (code) {
            case RATE_LIMITED, SESSION_QUEUE_FULL, OVERLOADED -> Optional.of("5");
            case UNAVAILABLE -> Optional.of("2");
            default -> Optional.empty();
        };
    }

    /**
     * Returns the error code for an HTTP status. Used for errors of the servlet container, of which only the status is
     * known.
     */
    public static ErrorCode codeForStatus(int status) {
        return switch (status) {
            case 401 -> ErrorCode.UNAUTHORIZED;
            case 403 -> ErrorCode.FORBIDDEN;
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 406 -> ErrorCode.NOT_ACCEPTABLE;
            case 413 -> ErrorCode.REQUEST_TOO_LARGE;
            case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
            case 429 -> ErrorCode.RATE_LIMITED;
            case 503 -> ErrorCode.UNAVAILABLE;
            default -> status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL_ERROR;
        };
    }
}
