package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Posts one terminal event to one callback, once. Called by any thread; blocks for at most its time limit. */
@FunctionalInterface
public interface WebhookSender {

    Sent send(CallbackUrl to, RequestId id, byte[] event);

    /** What came of it. */
    sealed interface Sent {

        /** Its receiver has it. */
        record Received() implements Sent {}

        /**
         * Another try may go better.
         *
         * @param why a word or a status, for logs
         * @param notBefore how long the receiver wants to be left alone; null where it didn't say
         */
        record Failed(String why, @Nullable Duration notBefore) implements Sent {}

        /** No try will ever go better: the address isn't one to be called, or the receiver said so. */
        record Refused(String why) implements Sent {}
    }
}
