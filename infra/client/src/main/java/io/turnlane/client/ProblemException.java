package io.turnlane.client;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A rejection by a gateway, with its RFC 9457 problem details. */
public final class ProblemException extends RuntimeException {

    private final int status;
    private final String code;
    private final transient @Nullable Duration retryAfter;

    ProblemException(int status, String code, String detail, @Nullable Duration retryAfter) {
        super(detail + " (" + status + (code.isEmpty() ? "" : " " + code) + ")");
        this.status = status;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    static ProblemException of(int status, byte[] body, HttpHeaders headers) {
        Duration wait = RetryAfter.of(headers).orElse(null);
        try {
            JsonNode problem = JsonMapper.shared().readTree(body);
            String detail =
                    problem.path("detail").asString(problem.path("title").asString("rejected"));
            return new ProblemException(status, problem.path("code").asString(""), detail, wait);
        } catch (JacksonException notOurs) {
            return new ProblemException(status, "", "the server at this address is not a Turnlane gateway", wait);
        }
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the error code, for example {@code not_found}; empty if the response has none. */
    public String code() {
        return code;
    }

    /** Returns the delay that the gateway asks for before the next attempt, at most one hour. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns true for 408 and 5xx, after which another attempt, at any gateway, can succeed. */
    boolean isTransient() {
        return status >= 500 || status == 408;
    }
}
