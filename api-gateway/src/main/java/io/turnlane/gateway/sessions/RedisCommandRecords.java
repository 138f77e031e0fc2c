package io.turnlane.gateway.sessions;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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

    private static final String NOTED = "noted";
    private static final String FULL = "full";
    private static final String LARGE = "large";

    private static final RedisScript<List<?>> CREATE = script("note_command.lua");
    private static final RedisScript<List<?>> RESERVE = script("reserve_fork.lua");
    private static final RedisScript<Long> REMOVE =
            RedisScript.of(new ClassPathResource("forget_command.lua", RedisCommandRecords.class), Long.class);

    private final StringRedisTemplate redis;
    private final CommandRules rules;

    /**
     * Limits that apply to a session's open commands.
     *
     * @param maxOpen maximum number of open turns and commands of one session
     * @param maxOpenBytes maximum number of bytes of the open commands of one session
     * @param retention time for which a request record is kept
     */
    public record CommandRules(int maxOpen, long maxOpenBytes, Duration retention) {}

    public RedisCommandRecords(StringRedisTemplate redis, CommandRules rules) {
        this.redis = redis;
        this.rules = rules;
    }

    @SuppressWarnings("unchecked") // type of a Lua table
    private static RedisScript<List<?>> script(String name) {
        return (RedisScript<List<?>>)
                (RedisScript<?>) RedisScript.of(new ClassPathResource(name, RedisCommandRecords.class), List.class);
    }

    @Override
    public void create(SessionCommand command, long bytes, int extra) {
        MemoryKeys keys = new MemoryKeys(command.key());
        List<?> reply = Objects.requireNonNull(redis.execute(
                CREATE,
                List.of(
                        keys.request(command.requestId()),
                        keys.requestIds(),
                        keys.openRequestIds(),
                        keys.context(),
                        keys.history()),
                command.requestId().toString(),
                command.type(),
                Long.toString(command.createdAt().toEpochMilli()),
                Long.toString(rules.retention().toMillis()),
                Long.toString(bytes),
                Integer.toString(rules.maxOpen() + extra),
                Long.toString(rules.maxOpenBytes()),
                keys.requestPrefix()));
        switch (String.valueOf(reply.get(0))) {
            case NOTED -> {}
            case FULL ->
                throw full(
                        "This session already has " + reply.get(1) + " open turns and commands, which is the maximum.");
            case LARGE ->
                throw full("The open imports and forks of this session already have " + reply.get(1)
                        + " bytes, and this command would exceed the maximum of " + rules.maxOpenBytes() + " bytes.");
            case String other -> throw new IllegalStateException("unexpected reply of note_command.lua: " + other);
        }
    }

    private static ProblemDetailException full(String detail) {
        return new ProblemDetailException(ErrorCode.SESSION_QUEUE_FULL, detail + " Retry when one of them has ended.");
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
                Long.toString(rules.retention().toMillis()),
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
    public void remove(RequestId command, SessionKey session, boolean unsure) {
        MemoryKeys keys = new MemoryKeys(session);
        redis.execute(
                REMOVE,
                List.of(
                        keys.request(command),
                        keys.requestIds(),
                        keys.context(),
                        keys.openRequestIds(),
                        keys.history()),
                command.toString(),
                unsure ? "1" : "0");
    }
}
