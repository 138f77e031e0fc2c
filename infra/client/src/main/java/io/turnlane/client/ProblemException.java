package io.turnlane.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gateway said no: RFC 9457 problem details. Trying the same again doesn't help, but for what {@link #passing} says.
 */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final transient @Nullable Duration retryAfter;

    ProblemException(int status, String code, String detail, @Nullable Duration retryAfter) {
        super(detail + " (" + status + (code.isEmpty() ? "" : " " + code) + ")");
        this.status = status;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    static ProblemException of(int status, byte[] body, Optional<String> retryAfter) {
        Duration wait = retryAfter
                .filter(value -> value.matches("\\d{1,9}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(null);
        try {
            JsonNode problem = JsonMapper.shared().readTree(body);
            String detail =
                    problem.path("detail").asString(problem.path("title").asString("refused"));
            return new ProblemException(status, problem.path("code").asString(""), detail, wait);
        } catch (JacksonException notOurs) {
            return new ProblemException(status, "", "what answers there isn't a Turnlane gateway", wait);
        }
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The contract's error code, such as {@code not_found}; empty where there is none. */
    public String code() {
        return code;
    }

    /** How long the gateway wishes to be left alone. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Whether it may be otherwise at the next try, at this gateway or at another. */
    boolean passing() {
        return status >= 500 || status == 408;
    }
}
