package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends terminal events to callback URLs. A method call makes one HTTP call and does not retry it. It blocks for at
 * most the time limit of a call. Safe for use by multiple threads.
 */
@FunctionalInterface
public interface WebhookSender {

    SendResult send(CallbackUrl to, RequestId id, byte[] event);

    sealed interface SendResult {

        /** The receiver accepted the event. */
        record Delivered() implements SendResult {}

        /**
         * The call failed. A retry can succeed.
         *
         * @param reason short reason or status, for logs
         * @param retryAfter minimum delay that the receiver asked for; null if the receiver asked for none
         */
        record SendFailed(String reason, @Nullable Duration retryAfter) implements SendResult {}

        /**
         * The call failed and retries cannot succeed, because the address must not be called or the receiver has
         * permanently rejected the webhook.
         */
        record Undeliverable(String reason) implements SendResult {}
    }
}
