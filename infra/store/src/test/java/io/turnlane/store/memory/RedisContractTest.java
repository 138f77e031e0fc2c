package io.turnlane.store.memory;

import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.limit.RedisUserUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of session memory, kept by the scripts in Redis. */
class RedisContractTest extends UsageContract {

    private static TestRedis redis;

    private final MemoryKeys keys = new MemoryKeys(session);
    private final RedisSessionMemory memory = new RedisSessionMemory(
            redis.template,
            new SessionCache(100, Duration.ofMinutes(5)),
            LIMITS,
            new WireFormat(),
            damage -> {
                throw new AssertionError(damage);
            },
            "p-test");

    @BeforeAll
    static void connect() {
        redis = new TestRedis();
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @Override
    SessionMemory memory() {
        return memory;
    }

    /** Writes the fields that {@code accept.lua} of the gateway writes and that affect a turn. */
    @Override
    void accept(Ask ask) {
        String request = keys.request(ask.requestId());
        if (!redis.template.hasKey(request)) {
            Map<String, String> fields = new HashMap<>(Map.of(
                    "status", "queued",
                    "question", ask.question(),
                    "agent", ask.agent(),
                    "created_at", millis(ask.createdAt()),
                    "attempt", "0",
                    "failures", "0",
                    "crashes", "0",
                    "phases", "{}"));
            if (ask.deadline() != null) {
                fields.put("deadline_at", millis(Instant.now().plus(ask.deadline())));
            }
            redis.template.opsForHash().putAll(request, fields);
            for (String index : List.of(keys.requestIds(), keys.openRequestIds())) {
                redis.template
                        .opsForZSet()
                        .add(index, ask.requestId().toString(), ask.createdAt().toEpochMilli());
            }
        }
        if (!redis.template.hasKey(keys.context())) {
            if (redis.template.hasKey(keys.life())) {
                redis.template.opsForHash().put(keys.context(), "memory", "lost");
            }
            redis.template
                    .opsForHash()
                    .putAll(
                            keys.context(),
                            Map.of("session_id", session.sessionId().toString(), "ttl", "3600000"));
        }
    }

    private static String millis(Instant at) {
        return Long.toString(at.toEpochMilli());
    }

    @Override
    void requestCancel(Ask ask) {
        redis.template.opsForHash().putIfAbsent(keys.request(ask.requestId()), "cancel_requested", "1");
    }

    @Override
    void loseMemory() {
        redis.template.delete(List.of(keys.context(), keys.history()));
    }

    @Override
    void loseRecord(Ask ask) {
        redis.template.delete(keys.request(ask.requestId()));
    }

    @Override
    Usage usageOfUser() {
        return new RedisUserUsage(redis.template).of(session.namespace(), LocalDate.now(ZoneOffset.UTC));
    }

    @Override
    long openRequests() {
        return redis.template.opsForZSet().size(keys.openRequestIds());
    }
}
