package io.turnlane.gateway.sessions;

import io.turnlane.model.MemoryKeys;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Request records of commands in Redis. They are written before the commands are published, so that clients can read
 * them immediately.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RedisCommandRecords implements CommandRecords {

    private static final RedisScript<Long> CREATE = script("note_command.lua");

    @SuppressWarnings("rawtypes") // type of a Lua table
    private static final RedisScript<List> RESERVE =
            RedisScript.of(new ClassPathResource("reserve_fork.lua", RedisCommandRecords.class), List.class);

    private static final RedisScript<Long> REMOVE = script("forget_command.lua");

    private final StringRedisTemplate redis;
    private final Duration retention;

    /** @param retention time for which a request record is kept */
    public RedisCommandRecords(StringRedisTemplate redis, Duration retention) {
        this.redis = redis;
        this.retention = retention;
    }

    private static RedisScript<Long> script(String name) {
        return RedisScript.of(new ClassPathResource(name, RedisCommandRecords.class), Long.class);
    }

    @Override
    public void create(SessionCommand command, SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        redis.execute(
                CREATE,
                List.of(keys.request(command.requestId()), keys.requestIds()),
                command.requestId().toString(),
                command.type(),
                Long.toString(command.createdAt().toEpochMilli()),
                Long.toString(retention.toMillis()));
    }

    @Override
    public Optional<ForkSession> reserve(ForkSession fork, SessionKey target, String agent, Duration ttl) {
        MemoryKeys keys = new MemoryKeys(target);
        List<?> holder = redis.execute(
                RESERVE,
                List.of(keys.context(), keys.requestIds()),
                fork.requestId().toString(),
                Long.toString(fork.createdAt().toEpochMilli()),
                target.sessionId().toString(),
                fork.userId() == null ? "" : fork.userId(),
                agent,
                Long.toString(ttl.toMillis()),
                Long.toString(retention.toMillis()),
                keys.requestPrefix(),
                fork.sessionId() + " " + fork.afterRequestId());
        return holder == null || holder.isEmpty() ? Optional.empty() : Optional.of(forkOf(holder, fork));
    }

    private static ForkSession forkOf(List<?> holder, ForkSession fork) {
        return new ForkSession(
                RequestId.parse(String.valueOf(holder.get(0))),
                fork.sessionId(),
                fork.userId(),
                Instant.ofEpochMilli(Long.parseLong(String.valueOf(holder.get(1)))),
                fork.afterRequestId(),
                fork.into());
    }

    @Override
    public void remove(RequestId command, SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        redis.execute(REMOVE, List.of(keys.request(command), keys.requestIds(), keys.context()), command.toString());
    }
}
