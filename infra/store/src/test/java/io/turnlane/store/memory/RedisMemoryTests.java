package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Base of tests on a real Redis. Each test has its own session. */
abstract class RedisMemoryTests {

    static final MemoryLimits LIMITS =
            new MemoryLimits(3, 100_000, Duration.ofHours(24), Duration.ofDays(7), 3, Duration.ofHours(1));
    static final TurnError ERROR = TurnError.of(ErrorCode.AGENT_ERROR, "no");

    static TestRedis redis;
    static final List<DamageObserver.DamagedValue> damaged = new CopyOnWriteArrayList<>();

    final SessionKey session = SessionKey.of(null, SessionId.random());
    final MemoryKeys keys = new MemoryKeys(session);
    final SessionCache cache = new SessionCache(100, Duration.ofMinutes(5));
    final RedisSessionMemory memory = memory(cache, LIMITS);
    long offset;

    @BeforeAll
    static void connect() {
        redis = new TestRedis();
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    Ask answer(String question) {
        return answer(question, 1);
    }

    Ask answer(String question, long fence) {
        Ask ask = ask(question);
        FlightRef flight = flight(ask, fence);
        begin(flight, ask);
        assertThat(commit(flight, ask)).isInstanceOf(SettleResult.Stored.class);
        return ask;
    }

    static BeginRequest beginning(FlightRef flight, Ask ask) {
        return new BeginRequest(flight, ask, Map.of(), null, false, true, true, 0, Duration.ZERO, null);
    }

    BeginResult begin(FlightRef flight, Ask ask) {
        return memory.begin(beginning(flight, ask));
    }

    SettleResult commit(FlightRef flight, Ask ask) {
        return memory.commit(flight, past(ask), Answer.ofText("a: " + ask.question()), Map.of());
    }

    List<String> questions(SessionMemory of) {
        Ask ask = ask("looks");
        FlightRef flight = flight(ask, Long.MAX_VALUE / 4096);
        if (!(of.begin(beginning(flight, ask)) instanceof RunTurn run)) {
            throw new AssertionError("the history can't be read");
        }
        redis.template.opsForHash().put(keys.context(), "fence", "1");
        of.release(flight, Usage.NONE);
        return run.memory().turns().stream().map(PastTurn::question).toList();
    }

    Ask ask(String question) {
        return ask(question, Instant.now(), null);
    }

    Ask ask(String question, Instant at, Duration deadline) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                session.sessionId(),
                null,
                "echo",
                question,
                Map.of(),
                Duration.ofHours(1),
                at,
                deadline,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    FlightRef flight(Ask ask, long fence) {
        return new FlightRef(session, ask.requestId(), UUID.randomUUID().toString(), fence, 0, offset++, Instant.now());
    }

    static PastTurn past(Ask ask) {
        return new PastTurn(
                ask.requestId(),
                RequestStatus.COMPLETED,
                ask.question(),
                "a: " + ask.question(),
                null,
                List.of(),
                Duration.ofMillis(12),
                Instant.EPOCH);
    }

    Object context(String field) {
        return redis.template.opsForHash().get(keys.context(), field);
    }

    Object request(Ask ask, String field) {
        return redis.template.opsForHash().get(keys.request(ask.requestId()), field);
    }

    static RedisSessionMemory memory(SessionCache cache, MemoryLimits limits) {
        return new RedisSessionMemory(redis.template, cache, limits, new WireFormat(), damaged::add, "p-test");
    }
}
