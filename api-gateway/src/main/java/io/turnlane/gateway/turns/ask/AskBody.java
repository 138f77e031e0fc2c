package io.turnlane.gateway.turns.ask;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.turnlane.model.Priority;
import io.turnlane.model.TurnPolicy;
import io.turnlane.store.accept.AskOptions;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Request body of a call that asks a question.
 *
 * @param question text of at most 32 KiB of UTF-8
 * @param agent agent that answers; if absent, the session's agent or, if there is none, the default agent
 * @param metadata client's own JSON object of at most 4 KiB, passed to the agent
 * @param deadlineSeconds time from now after which the answer is no longer wanted, at most 3600; no deadline if absent
 * @param policy treatment of the question if its session is busy; {@code enqueue} if absent
 * @param priority priority with which the waiting turn gets a slot; {@code normal} if absent
 * @param callbackUrl URL to which the signed terminal event is posted, if this installation sends webhooks
 */
public record AskBody(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "What is impermanent loss?") @Nullable
        String question,

        @Nullable String agent,
        @Nullable Map<String, Object> metadata,

        @Schema(
                description = "Seconds from now, at most 3600. After that time the answer is no longer wanted.",
                example = "60")
        @Nullable
        Double deadlineSeconds,

        @Schema(description = "Treatment of the question if its session is busy with an earlier one")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        TurnPolicy policy,

        @Schema(description = "Order in which turns start if more sessions are ready than may run at once")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Priority priority,

        @Schema(description = "URL to which the signed terminal event is posted", example = "https://example.com/hook")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        String callbackUrl) {

    /** Creates a body with default policy and priority, and without a callback. */
    public AskBody(
            @Nullable String question,
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable Double deadlineSeconds) {
        this(question, agent, metadata, deadlineSeconds, null, null, null);
    }

    /** Returns this body with checked values. */
    AskBody with(String checkedQuestion, @Nullable String checkedAgent, Map<String, Object> checkedMetadata) {
        return new AskBody(
                checkedQuestion, checkedAgent, checkedMetadata, deadlineSeconds, policy, priority, callbackUrl);
    }

    /**
     * Returns this body without the fields that have their default value. A retry may omit such a field or send it, and
     * must still count as the same body.
     */
    public AskBody withoutDefaults() {
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
