package io.turnlane.store.limit;

import io.turnlane.model.Usage;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.Script;
import io.turnlane.store.StoredUsage;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Objects;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Usage of each user on each day (UTC), over all sessions. Throws a data access exception if Redis is unavailable. */
public record RedisUserUsage(StringRedisTemplate redis) {

    /** Adds the usage of a session. Processors run this script. */
    public static final Script COUNT = Script.load(RedisUserUsage.class, "count_usage");

    /** Time for which the usage of a day is kept after its last change. */
    public static final Duration LIFETIME = Duration.ofDays(2);

    /** @param namespace namespace of the user's session keys */
    public Usage of(String namespace, LocalDate day) {
        String stored =
                redis.<String, String>opsForHash().get(MemoryKeys.usageOfUser(namespace, day), MemoryKeys.USAGE);
        return StoredUsage.read(Objects.requireNonNullElse(stored, ""));
    }
}
