package io.turnlane.gateway.ask;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.model.Priority;
import io.turnlane.model.TurnPolicy;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client posts to ask.
 *
 * @param question up to 32 KiB of UTF-8
 * @param agent who shall answer; where absent the session's agent, else the default
 * @param metadata the client's own JSON object, up to 4 KiB, handed to the agent
 * @param deadlineSeconds how long an answer is wanted, up to an hour; for as long as it takes where absent
 * @param policy what becomes of it where its session is busy; it waits where absent
 * @param priority whose turn it is first where places are few; normal where absent
 * @param callbackUrl where the end is to be posted to, signed, where this installation sends webhooks
 */
public record AskBody(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "What is impermanent loss?") @Nullable
        String question,

        @Nullable String agent,
        @Nullable Map<String, Object> metadata,

        @Schema(description = "seconds from now, up to an hour; the answer is not wanted later", example = "60")
        @Nullable
        Double deadlineSeconds,

        @Schema(
                type = "string",
                allowableValues = {"enqueue", "reject", "interrupt", "rollback", "coalesce"},
                description = "what becomes of it where the session is busy with earlier ones")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        TurnPolicy policy,

        @Schema(
                type = "string",
                allowableValues = {"high", "normal", "low"},
                description = "whose turn it is first where more sessions are ready than may run at once")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Priority priority,

        @Schema(description = "where the terminal event is posted to, signed", example = "https://example.com/hook")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        String callbackUrl) {

    /** One that waits its turn like any other, and calls nobody. */
    public AskBody(
            @Nullable String question,
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable Double deadlineSeconds) {
        this(question, agent, metadata, deadlineSeconds, null, null, null);
    }

    /** As it is compared with an earlier one under the same key: what is said without need counts as not said. */
    AskBody withoutDefaults() {
        return new AskBody(
                question,
                agent,
                metadata,
                deadlineSeconds,
                policy == TurnPolicy.ENQUEUE ? null : policy,
                priority == Priority.NORMAL ? null : priority,
                callbackUrl);
    }

    AskOptions options() {
        return new AskOptions(
                Objects.requireNonNullElse(policy, TurnPolicy.ENQUEUE),
                Objects.requireNonNullElse(priority, Priority.NORMAL));
    }
}
