package io.turnlane.processor.webhook;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;

/**
 * Stores the outcomes of webhooks in the request records, from which clients can read them. If Kafka delivers an event
 * again, processors find its outcome and do not send the webhook again. While Redis is unavailable, outcomes are
 * neither read nor stored, so a webhook is possibly sent twice.
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
