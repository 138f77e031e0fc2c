package io.turnlane.processor.webhook;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Stores outcomes of webhooks in the request records. Does not create missing request records, so that a deleted
 * session stays deleted.
 */
public final class RedisWebhookOutcomes implements WebhookOutcomes {

    private static final Logger log = LoggerFactory.getLogger(RedisWebhookOutcomes.class);
    private static final String FIELD = "webhook";
    private static final RedisScript<Long> RECORD = RedisScript.of(
            "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'webhook', ARGV[1]) end return 1",
            Long.class);

    private final StringRedisTemplate redis;

    public RedisWebhookOutcomes(StringRedisTemplate redis) {
        this.redis = redis;
    }

    @Override
    public boolean isRecorded(SessionKey session, RequestId request) {
        try {
            return redis.opsForHash().get(new MemoryKeys(session).request(request), FIELD) != null;
        } catch (DataAccessException e) {
            return false;
        }
    }

    @Override
    public void record(SessionKey session, RequestId request, String outcome) {
        try {
            redis.execute(RECORD, List.of(new MemoryKeys(session).request(request)), outcome);
        } catch (DataAccessException e) {
            log.atDebug().addKeyValue("request", request).setCause(e).log("webhook outcome not stored");
        }
    }
}
