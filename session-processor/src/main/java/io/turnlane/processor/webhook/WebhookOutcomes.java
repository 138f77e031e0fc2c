package io.turnlane.processor.webhook;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;

/**
 * What became of a request's webhook, in its record: for whoever polls, and so that a redelivered event isn't sent
 * again. Best effort: where memory is away, nothing is known and nothing is noted, and a webhook may be sent twice.
 */
public interface WebhookOutcomes {

    /** Whether it was received or given up before. */
    boolean isRecorded(SessionKey session, RequestId request);

    /** @param outcome {@code delivered}, {@code failed} or {@code refused} */
    void record(SessionKey session, RequestId request, String outcome);
}
