package io.turnlane.store.request;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Request records of commands in Redis. They are written before the commands are published, so that clients can read
 * them immediately.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RedisCommandRecords implements CommandRecords {

    private static final Script CREATE = Script.load(RedisCommandRecords.class, "create_command");
    private static final Script RESERVE = Script.load(RedisCommandRecords.class, "reserve_fork");
    private static final Script REMOVE = Script.load(RedisCommandRecords.class, "remove_command");

    private final RedisScripts scripts;
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
        this.scripts = new RedisScripts(redis);
        this.rules = rules;
    }

    @Override
    public CreateResult create(SessionCommand command, long bytes, int extra) {
        MemoryKeys keys = new MemoryKeys(command.key());
        List<Object> arguments = new ArrayList<>(List.of(
                command.requestId(),
                command.createdAt().toEpochMilli(),
                rules.retention().toMillis(),
                bytes,
                rules.maxOpen() + extra,
                rules.maxOpenBytes(),
                keys.requestPrefix()));
        arguments.addAll(RequestFields.ofCommand(command.type(), bytes));
        Reply reply = scripts.run(
                CREATE,
                List.of(
                        keys.request(command.requestId()),
                        keys.requestIds(),
                        keys.openRequestIds(),
                        keys.context(),
                        keys.history()),
                arguments.toArray());
        return switch (reply.word()) {
            case "noted" -> new CommandCreated();
            case "full" -> new TooManyOpen(reply.number(1));
            case "large" -> new TooLarge(reply.wholeNumber(1), rules.maxOpenBytes());
            default -> throw reply.unexpected();
        };
    }

    @Override
    public Optional<ForkSession> reserve(ForkSession fork, SessionKey target, String agent, Duration ttl) {
        MemoryKeys keys = new MemoryKeys(target);
        String forked = fork.sessionId() + " " + fork.afterRequestId();
        List<Object> arguments = new ArrayList<>(List.of(
                fork.requestId(),
                fork.createdAt().toEpochMilli(),
                target.sessionId(),
                fork.userId() == null ? "" : fork.userId(),
                agent,
                ttl.toMillis(),
                rules.retention().toMillis(),
                keys.requestPrefix(),
                forked));
        arguments.addAll(RequestFields.ofFork(fork.type(), forked));
        Reply reply = scripts.run(RESERVE, List.of(keys.context(), keys.requestIds()), arguments.toArray());
        return reply.word().equals("reserved") ? Optional.of(holder(fork, reply)) : Optional.empty();
    }

    private static ForkSession holder(ForkSession fork, Reply reply) {
        return new ForkSession(
                reply.requestId(1),
                fork.sessionId(),
                fork.userId(),
                Instant.ofEpochMilli(reply.wholeNumber(2)),
                fork.afterRequestId(),
                fork.into());
    }

    @Override
    public void remove(RequestId command, SessionKey session, boolean unsure) {
        MemoryKeys keys = new MemoryKeys(session);
        scripts.run(
                REMOVE,
                List.of(
                        keys.request(command),
                        keys.requestIds(),
                        keys.context(),
                        keys.openRequestIds(),
                        keys.history()),
                command,
                unsure ? 1 : 0);
    }
}
