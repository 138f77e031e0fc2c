package io.turnlane.store.request;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.util.Optional;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Stores redrive marks. A mark contains the id of the request that asked the question of a quarantined turn again. It
 * expires after the retention of the quarantine topic. Methods throw a data access exception if Redis is unavailable.
 */
public record RedriveMarks(StringRedisTemplate redis, Duration retention) {

    public Optional<RequestId> find(SessionKey session, RequestId quarantined) {
        return Optional.ofNullable(redis.opsForValue().get(key(session, quarantined)))
                .map(RequestId::parse);
    }

    /** Stores a mark and replaces an earlier one. */
    public void put(SessionKey session, RequestId quarantined, RequestId redrivenAs) {
        redis.opsForValue().set(key(session, quarantined), redrivenAs.toString(), retention);
    }

    private static String key(SessionKey session, RequestId quarantined) {
        return new MemoryKeys(session).redriven(quarantined);
    }
}
