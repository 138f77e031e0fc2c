package io.turnlane.processor.webhook;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;

/**
 * Stores the outcomes of webhooks in the request records. Clients can read the outcome there. Processors use it to
 * recognise a redelivered event, which they do not send again. If Redis is unavailable, outcomes are neither read nor
 * stored, so a webhook is possibly sent twice.
 */
public interface WebhookOutcomes {

    /** Returns true if the request record shows that the webhook was already delivered or given up. */
    boolean isRecorded(SessionKey session, RequestId request);

    /**
     * Stores the outcome of a webhook.
     *
     * @param outcome {@code delivered}, {@code failed} or {@code refused}
     */
    void record(SessionKey session, RequestId request, String outcome);
}
