package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Posts one terminal event to one callback, once. Called by any thread; blocks for at most its time limit. */
@FunctionalInterface
public interface WebhookSender {

    SendResult send(CallbackUrl to, RequestId id, byte[] event);

    /** What came of it. */
    sealed interface SendResult {

        /** Its receiver has it. */
        record Delivered() implements SendResult {}

        /**
         * Another try may go better.
         *
         * @param reason a word or a status, for logs
         * @param retryAfter how long the receiver wants to be left alone; null where it didn't say
         */
        record SendFailed(String reason, @Nullable Duration retryAfter) implements SendResult {}

        /** No try will ever go better: the address isn't one to be called, or the receiver said so. */
        record Undeliverable(String reason) implements SendResult {}
    }
}
