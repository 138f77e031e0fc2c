package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.processor.turn.Turn;
import io.turnlane.store.MemoryKeys;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Terminal event that must be sent to a callback URL, or after which the end of a batch possibly must be sent, with the
 * number of calls so far. This number starts at zero again if the event's partition moves to another processor.
 *
 * <p>Only the thread that runs the event's lane uses this object.
 */
public final class WebhookCall {

    private final Turn event;
    private final CallbackUrl callbackUrl;
    private final Runnable skipDelay;
    private @Nullable WebhookMessage message;
    private boolean isRejected;
    private int tries;

    /**
     * Creates the call for an event that the poll thread has read.
     *
     * @param event the event, and this processor's claim on its record
     * @param isRejected true if the webhook must be given up because {@link CallbackHosts#reserve} rejected it
     * @param skipDelay callback that ends the delay before the webhook's next call; any thread may run it
     */
    public WebhookCall(Turn event, CallbackUrl callbackUrl, boolean isRejected, Runnable skipDelay) {
        this.event = event;
        this.callbackUrl = callbackUrl;
        this.isRejected = isRejected;
        this.skipDelay = skipDelay;
        if (callbackUrl.batch().isEmpty()) {
            String record = new MemoryKeys(event.session()).request(event.requestId());
            message = new WebhookMessage(callbackUrl, event.requestId(), null, record);
        }
    }

    public Turn event() {
        return event;
    }

    CallbackUrl callbackUrl() {
        return callbackUrl;
    }

    /** Returns the message; null if the event belongs to a batch and it is not known yet if the batch has ended. */
    @Nullable
    WebhookMessage message() {
        return message;
    }

    /**
     * Sets the message of the end of a batch.
     *
     * @param rejected true if {@link CallbackHosts#reserve} rejected it
     */
    void sendBatchEnd(WebhookMessage end, boolean rejected) {
        message = end;
        isRejected = rejected;
    }

    /** Returns the host of the URL in lower case. {@link CallbackHosts} uses it as the key of the limits. */
    public static String hostOf(CallbackUrl url) {
        return url.value().getHost().toLowerCase(Locale.ROOT);
    }

    boolean isRejected() {
        return isRejected;
    }

    Runnable skipDelay() {
        return skipDelay;
    }

    /** Counts a call and returns the number of calls, including this one. */
    int countCall() {
        return ++tries;
    }

    boolean isFirstCall() {
        return tries == 0;
    }
}
