package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.input.ClientJson;
import io.turnlane.model.AgentStates;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.WireFormat;
import io.turnlane.model.json.JsonLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validation rules for the fields of a question. Each method returns the value to use and throws
 * {@link ProblemDetailException} if the client's value is not valid.
 *
 * @param maxQuestion maximum size of a question in bytes of UTF-8
 * @param maxMetadata maximum size of metadata in bytes of JSON
 * @param maxExport maximum size of an exported session that an import accepts, in bytes of JSON
 * @param sessionTtl time for which a session is kept without activity
 * @param anonymousTtl time for which an anonymous session is kept without activity
 */
public record QuestionRules(
        int maxQuestion,
        int maxMetadata,
        int maxExport,
        Duration sessionTtl,
        Duration anonymousTtl,
        Callbacks callbacks,
        WireFormat wire) {

    /** Callback URLs that a question may name. */
    public enum Callbacks {
        /** None, because this installation sends no webhooks. */
        NONE,
        /** URLs with a public address. Host names are not resolved here. */
        PUBLIC,
        /** Any valid callback URL. */
        ANY
    }

    /** Maximum time for which a session is kept without activity. */
    public static final Duration LONGEST_TTL = Duration.ofDays(7);

    private static final double LEAST_DEADLINE_SECONDS = 0.001;
    private static final double MOST_DEADLINE_SECONDS = 3600;

    private static final Pattern AGENT = Pattern.compile("[a-z0-9._-]{1,64}");
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    String question(@Nullable String question) {
        if (question == null || question.isBlank()) {
            throw ProblemDetailException.invalid("question must be a text that is not blank");
        }
        if (!JsonLimits.isWellFormed(question)) {
            throw ProblemDetailException.invalid("question must be valid Unicode");
        }
        if (question.getBytes(StandardCharsets.UTF_8).length > maxQuestion) {
            throw new ProblemDetailException(
                    ErrorCode.QUESTION_TOO_LARGE, "question must have at most " + maxQuestion + " bytes of UTF-8");
        }
        return question;
    }

    public @Nullable String agent(@Nullable String agent) {
        if (agent != null && !AGENT.matcher(agent).matches()) {
            throw ProblemDetailException.invalid("agent must have 1 to 64 characters from a-z 0-9 . _ -");
        }
        return agent;
    }

    public Map<String, Object> metadata(@Nullable Map<String, Object> metadata) {
        return metadata == null ? Map.of() : metadata(metadata, maxMetadata);
    }

    /**
     * Validates metadata that is stored in a session. It can be larger than the metadata of one question, because
     * several changes can add fields.
     */
    public Map<String, Object> storedMetadata(Map<String, Object> metadata) {
        return metadata(metadata, Math.max(maxMetadata, JsonLimits.MAX_METADATA_BYTES));
    }

    /** Validates the states of agents in an imported session. */
    public void checkStates(AgentStates states) {
        if (states.isTooLarge(wire)) {
            throw new ProblemDetailException(
                    ErrorCode.STATE_TOO_LARGE,
                    "agent_states must have at most " + AgentStates.MAX_BYTES + " bytes of JSON");
        }
    }

    private Map<String, Object> metadata(Map<String, Object> metadata, int limit) {
        if (wire.writeValue(ClientJson.checkValue("metadata", metadata)).length > limit) {
            throw new ProblemDetailException(
                    ErrorCode.METADATA_TOO_LARGE, "metadata must have at most " + limit + " bytes of JSON");
        }
        return metadata;
    }

    /**
     * Returns the time for which a session is kept without activity.
     *
     * @param seconds value that the client sent; null for the configured time
     */
    public Duration sessionTtl(@Nullable Long seconds) {
        if (seconds == null) {
            return sessionTtl;
        }
        if (seconds < 1 || seconds > LONGEST_TTL.toSeconds()) {
            throw ProblemDetailException.invalid("ttl_seconds must be from 1 to " + LONGEST_TTL.toSeconds());
        }
        return Duration.ofSeconds(seconds);
    }

    /** Validates the deadline of a question. Accepts at most 3600 seconds, the maximum lifetime of a turn. */
    @Nullable
    Duration deadline(@Nullable Double seconds) {
        if (seconds == null) {
            return null;
        }
        if (!(seconds >= LEAST_DEADLINE_SECONDS && seconds <= MOST_DEADLINE_SECONDS)) {
            throw ProblemDetailException.invalid("deadline_seconds must be a number from 0.001 to 3600");
        }
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /** Returns the callback URL that a client sent; null if it sent none. */
    public @Nullable CallbackUrl callback(@Nullable String url) {
        if (url == null) {
            return null;
        }
        if (callbacks == Callbacks.NONE) {
            throw ProblemDetailException.invalid(
                    "This installation does not send webhooks, so callback_url is not accepted. "
                            + "An operator can set turnlane.webhooks.enabled.");
        }
        try {
            CallbackUrl callback = CallbackUrl.parse(url);
            if (callbacks == Callbacks.PUBLIC && callback.hasPrivateAddress()) {
                throw ProblemDetailException.invalid("a callback_url must have a public address");
            }
            return callback;
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Returns the trace context; null if it is not valid. W3C Trace Context requires that invalid values are ignored.
     */
    public @Nullable String traceparent(@Nullable String traceparent) {
        return traceparent != null && TRACEPARENT.matcher(traceparent).matches() ? traceparent : null;
    }
}
