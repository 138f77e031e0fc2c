package io.turnlane.gateway.ask;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client posts to ask.
 *
 * @param question up to 32 KiB of UTF-8
 * @param agent who shall answer; where absent the session's agent, else the default
 * @param metadata the client's own JSON object, up to 4 KiB, handed to the agent
 * @param deadlineSeconds how long an answer is wanted, up to an hour; for as long as it takes where absent
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

        @Schema(description = "where the terminal event is posted to, signed", example = "https://example.com/hook")
        @Nullable
        String callbackUrl) {

    /** Without a callback. */
    public AskBody(
            @Nullable String question,
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable Double deadlineSeconds) {
        this(question, agent, metadata, deadlineSeconds, null);
    }
}
