package io.turnlane.processor.webhook;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;

/**
 * Outcomes of webhooks, which are stored in the request records. Clients that poll can read the outcome, and a
 * redelivered event is not sent again. Best effort: if Redis is unavailable, no outcome is read or stored, and a
 * webhook is possibly sent twice.
 */
public interface WebhookOutcomes {

    /** Returns true if the record shows that the webhook was delivered or given up earlier. */
    boolean isRecorded(SessionKey session, RequestId request);

    /**
     * Stores the outcome of a webhook.
     *
     * @param outcome {@code delivered}, {@code failed} or {@code refused}
     */
    void record(SessionKey session, RequestId request, String outcome);
}
