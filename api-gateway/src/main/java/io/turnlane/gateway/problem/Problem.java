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

/** The shape of a refused call: RFC 9457 with our {@code code}, and {@code request_id} where there is a turn. */
public final class Problem {

    private static final String TYPE = "urn:turnlane:problem:";

    private Problem() {}

    public static ProblemDetail of(ProblemDetailException refusal) {
        ProblemDetail problem = of(refusal.code(), refusal.detail(), refusal.requestId());
        Duration retryAfter = refusal.retryAfter();
        if (retryAfter != null) {
            // On a socket there is no header to say it.
            problem.setProperty("retry_after", seconds(retryAfter));
        }
        return problem;
    }

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
     * The same as an answer to a call, for those that no controller answers: of theirs Spring tells the
     * {@code instance}.
     *
     * @param path of the call, as it came; null, or no URI: it isn't told
     */
    public static ProblemDetail of(ProblemDetailException refusal, @Nullable String path) {
        return path == null ? of(refusal) : withInstance(path, of(refusal));
    }

    static ProblemDetail withInstance(String path, ProblemDetail problem) {
        try {
            problem.setInstance(new URI(path));
        } catch (URISyntaxException _) {
            // a problem without it is one all the same
        }
        return problem;
    }

    /** Answers with it where no controller has a say. */
    public static void write(
            ProblemDetailException refusal, @Nullable String path, ServerHttpResponse response, JsonMapper json)
            throws IOException {
        response.setStatusCode(HttpStatus.valueOf(refusal.code().httpStatus()));
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        response.getBody().write(json.writeValueAsBytes(of(refusal, path)));
        response.flush();
    }

    /** {@code Retry-After} of this refusal; empty where trying again is pointless. */
    public static Optional<String> retryAfter(ProblemDetailException refusal) {
        Duration known = refusal.retryAfter();
        return known == null ? retryAfter(refusal.code()) : Optional.of(Long.toString(seconds(known)));
    }

    private static long seconds(Duration time) {
        return Math.max(1, time.plusMillis(999).toSeconds());
    }

    /** After how many seconds it is worth trying again; empty where trying again is pointless. */
    public static Optional<String> retryAfter(ErrorCode code) {
        return switch (code) {
            case RATE_LIMITED, SESSION_QUEUE_FULL, OVERLOADED -> Optional.of("5");
            case UNAVAILABLE -> Optional.of("2");
            default -> Optional.empty();
        };
    }

    /** The code for an error that only has an HTTP status. */
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
