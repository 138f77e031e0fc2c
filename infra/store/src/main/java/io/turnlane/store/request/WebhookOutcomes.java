package io.turnlane.store.request;

import io.turnlane.store.HashFields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Stores the outcomes of webhooks in the records of their requests or batches, from which clients can read them. If
 * Kafka delivers an event again, processors find its outcome and do not send the webhook again. While Redis is
 * unavailable, outcomes are neither read nor stored, so a webhook is possibly sent twice. Does not create missing
 * request records, so that a deleted session stays deleted.
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

    /**
     * Returns true if the record shows that the webhook was already delivered or given up.
     *
     * @param record Redis key of the record of a request or batch
     */
    public boolean isRecorded(String record) {
        try {
            return redis.opsForHash().get(record, FIELD) != null;
        } catch (DataAccessException e) {
            return false;
        }
    }

    /**
     * Stores the outcome of a webhook.
     *
     * @param record Redis key of the record of a request or batch
     * @param outcome {@code delivered}, {@code failed} or {@code refused}
     */
    public void record(String record, String outcome) {
        try {
            fields.setIfExists(record, FIELD, outcome);
        } catch (DataAccessException e) {
            log.atDebug().addKeyValue("record", record).setCause(e).log("webhook outcome not stored");
        }
    }
}
