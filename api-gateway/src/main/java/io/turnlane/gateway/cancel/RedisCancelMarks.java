package io.turnlane.gateway.cancel;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.util.List;
import java.util.Objects;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/** Marks request records in Redis, with one script call each. */
@Component
final class RedisCancelMarks implements CancelMarks {

    private static final RedisScript<String> MARK =
            RedisScript.of(new ClassPathResource("cancel.lua", RedisCancelMarks.class), String.class);

    private final StringRedisTemplate redis;

    RedisCancelMarks(StringRedisTemplate redis) {
        this.redis = redis;
    }

    @Override
    public Mark mark(SessionKey session, RequestId requestId, String reason) {
        return switch (run(session, requestId, reason, "0")) {
            case "unknown" -> Mark.UNKNOWN;
            case "ended" -> Mark.ENDED;
            case "noted" -> Mark.MARKED;
            case "logged" -> Mark.LOGGED;
            case "change" -> Mark.COMMAND;
            case String other -> throw new IllegalStateException("unexpected reply of cancel.lua: " + other);
        };
    }

    @Override
    public void markLogged(SessionKey session, RequestId requestId) {
        run(session, requestId, "", "1");
    }

    private String run(SessionKey session, RequestId requestId, String reason, String logged) {
        String key = new MemoryKeys(session).request(requestId);
        return Objects.requireNonNull(redis.execute(MARK, List.of(key), reason, logged));
    }
}
