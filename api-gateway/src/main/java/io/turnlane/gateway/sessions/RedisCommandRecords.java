package io.turnlane.gateway.sessions;

import io.turnlane.model.MemoryKeys;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** Records of commands in Redis, made before the log has them, so that their clients can follow them at once. */
public final class RedisCommandRecords implements CommandRecords {

    private static final RedisScript<Long> NOTE = script("note_command.lua");
    private static final RedisScript<Long> RESERVE = script("reserve_fork.lua");
    private static final RedisScript<Long> FORGET = script("forget_command.lua");

    private final StringRedisTemplate redis;
    private final Duration retention;

    /** @param retention how long a request's record lives */
    public RedisCommandRecords(StringRedisTemplate redis, Duration retention) {
        this.redis = redis;
        this.retention = retention;
    }

    private static RedisScript<Long> script(String name) {
        return RedisScript.of(new ClassPathResource(name, RedisCommandRecords.class), Long.class);
    }

    @Override
    public void note(SessionCommand command, SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        redis.execute(
                NOTE,
                List.of(keys.request(command.requestId()), keys.requests()),
                command.requestId().toString(),
                command.type(),
                Long.toString(command.createdAt().toEpochMilli()),
                Long.toString(retention.toMillis()));
    }

    @Override
    public boolean reserve(ForkSession fork, SessionKey target, String agent, Duration ttl) {
        Long ours = redis.execute(
                RESERVE,
                List.of(new MemoryKeys(target).context()),
                fork.requestId().toString(),
                Long.toString(fork.createdAt().toEpochMilli()),
                target.sessionId().toString(),
                fork.userId() == null ? "" : fork.userId(),
                agent,
                Long.toString(ttl.toMillis()),
                Long.toString(retention.toMillis()));
        return ours != null && ours == 1;
    }

    @Override
    public void forget(RequestId command, SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        redis.execute(FORGET, List.of(keys.request(command), keys.requests(), keys.context()), command.toString());
    }
}
