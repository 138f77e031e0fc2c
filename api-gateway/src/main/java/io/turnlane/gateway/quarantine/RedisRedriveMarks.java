package io.turnlane.gateway.quarantine;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.util.Optional;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Stores redrive marks in Redis. A mark expires after the retention of the quarantine topic. */
public final class RedisRedriveMarks implements RedriveMarks {

    private final StringRedisTemplate redis;
    private final Duration retention;

    public RedisRedriveMarks(StringRedisTemplate redis, Duration retention) {
        this.redis = redis;
        this.retention = retention;
    }

    @Override
    public Optional<RequestId> find(SessionKey session, RequestId quarantined) {
        return Optional.ofNullable(redis.opsForValue().get(key(session, quarantined)))
                .map(RequestId::parse);
    }

    @Override
    public void put(SessionKey session, RequestId quarantined, RequestId redrivenAs) {
        redis.opsForValue().set(key(session, quarantined), redrivenAs.toString(), retention);
    }

    private static String key(SessionKey session, RequestId quarantined) {
        return new MemoryKeys(session).redriven(quarantined);
    }
}
