package io.turnlane.gateway.ask;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a question may be. Each method returns what is kept of a valid value and throws {@link ProblemDetailException}
 * otherwise.
 *
 * @param maxQuestion bytes of UTF-8
 * @param maxMetadata bytes of JSON
 * @param sessionTtl how long a session lives without activity
 * @param anonymousTtl the same for one that nobody named
 * @param callbacks which callbacks a question may name
 */
public record QuestionRules(
        int maxQuestion,
        int maxMetadata,
        Duration sessionTtl,
        Duration anonymousTtl,
        Callbacks callbacks,
        WireFormat wire) {

    /** Which callbacks a question may name. */
    public enum Callbacks {
        /** No webhooks are sent here. */
        NONE,
        /** At public addresses, as far as one can see without asking a name server. */
        PUBLIC,
        ANY
    }

    /** No session lives longer without activity. */
    public static final Duration LONGEST_TTL = Duration.ofDays(7);

    private static final double LEAST_DEADLINE_SECONDS = 0.001;
    private static final double MOST_DEADLINE_SECONDS = 3600;

    private static final Pattern AGENT = Pattern.compile("[a-z0-9._-]{1,64}");
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    String question(@Nullable String question) {
        if (question == null || question.isBlank()) {
            throw ProblemDetailException.invalid("question must be a text that isn't blank");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(question)) {
            throw ProblemDetailException.invalid("question is not valid Unicode");
        }
        if (question.getBytes(StandardCharsets.UTF_8).length > maxQuestion) {
            throw new ProblemDetailException(
                    ErrorCode.QUESTION_TOO_LARGE, "question has at most " + maxQuestion + " bytes of UTF-8");
        }
        return question;
    }

    public @Nullable String agent(@Nullable String agent) {
        if (agent != null && !AGENT.matcher(agent).matches()) {
            throw ProblemDetailException.invalid("agent must be 1 to 64 of a-z 0-9 . _ -");
        }
        return agent;
    }

    public Map<String, Object> metadata(@Nullable Map<String, Object> metadata) {
        if (metadata == null) {
            return Map.of();
        }
        if (wire.writeValue(metadata).length > maxMetadata) {
            throw new ProblemDetailException(
                    ErrorCode.METADATA_TOO_LARGE, "metadata has at most " + maxMetadata + " bytes of JSON");
        }
        return metadata;
    }

    /** How long a session shall live without activity; the usual time where the client doesn't say. */
    public Duration sessionTtl(@Nullable Long seconds) {
        if (seconds == null) {
            return sessionTtl;
        }
        if (seconds < 1 || seconds > LONGEST_TTL.toSeconds()) {
            throw ProblemDetailException.invalid("ttl_seconds is from 1 to " + LONGEST_TTL.toSeconds());
        }
        return Duration.ofSeconds(seconds);
    }

    /** Capped at the longest life of a turn, after which it ends anyway. */
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

    @Nullable
    CallbackUrl callback(@Nullable String url) {
        if (url == null) {
            return null;
        }
        if (callbacks == Callbacks.NONE) {
            throw ProblemDetailException.invalid(
                    "callback_url: no webhooks are sent here; see turnlane.webhooks.enabled");
        }
        try {
            CallbackUrl callback = CallbackUrl.parse(url);
            if (callbacks == Callbacks.PUBLIC && callback.hasPrivateAddress()) {
                throw ProblemDetailException.invalid("a callback_url leads to a public address");
            }
            return callback;
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid(String.valueOf(e.getMessage()));
        }
    }

    /** A trace context that isn't valid is as good as none, as W3C has it. */
    public @Nullable String traceparent(@Nullable String traceparent) {
        return traceparent != null && TRACEPARENT.matcher(traceparent).matches() ? traceparent : null;
    }
}
