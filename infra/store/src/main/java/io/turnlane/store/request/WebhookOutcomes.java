package io.turnlane.store.request;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.HashFields;
import io.turnlane.store.MemoryKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Stores the outcomes of webhooks in the request records, from which clients can read them. If Kafka delivers an event
 * again, processors find its outcome and do not send the webhook again. While Redis is unavailable, outcomes are
 * neither read nor stored, so a webhook is possibly sent twice. Does not create missing request records, so that a
 * deleted session stays deleted.
 */
public final class WebhookOutcomes {

    private static final Logger log = LoggerFactory.getLogger(WebhookOutcomes.class);
    private static final String FIELD = "webhook";

    private final StringRedisTemplate redis;
    private final HashFields fields;

    public WebhookOutcomes(StringRedisTemplate redis) {
        this.redis = redis;
        this.fields = new HashFields(redis);
    }

    /** Returns true if the request record shows that the webhook was already delivered or given up. */
    public boolean isRecorded(SessionKey session, RequestId request) {
        try {
            return redis.opsForHash().get(new MemoryKeys(session).request(request), FIELD) != null;
        } catch (DataAccessException e) {
            return false;
        }
    }

    /**
     * Stores the outcome of a webhook.
     *
     * @param outcome {@code delivered}, {@code failed} or {@code refused}
     */
    public void record(SessionKey session, RequestId request, String outcome) {
        try {
            fields.setIfExists(new MemoryKeys(session).request(request), FIELD, outcome);
        } catch (DataAccessException e) {
            log.atDebug().addKeyValue("request", request).setCause(e).log("webhook outcome not stored");
        }
    }
}
