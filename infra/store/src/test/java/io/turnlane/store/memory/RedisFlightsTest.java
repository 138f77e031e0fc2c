package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCommandExecutionException;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.RedisSystemException;

/** Fences and flights, crashes and failures, deadlines and the lifetime of a turn. */
class RedisFlightsTest extends RedisMemoryTests {

    @Test
    void countsTheSameFlightOnce() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        assertThat(begin(flight, ask)).isEqualTo(new RunTurn(1, 0, null, Memory.EMPTY));
        assertThat(begin(flight, ask)).isEqualTo(new RunTurn(1, 0, null, Memory.EMPTY));
        assertThat(request(ask, "crashes")).isEqualTo("0");
    }

    @Test
    void rejectsAnOlderFenceOnceANewerOneHasBegun() {
        Ask ask = ask("?");
        FlightRef frozen = flight(ask, 1);
        begin(frozen, ask);
        FlightRef successor = flight(ask, 2);
        assertThat(begin(successor, ask)).isInstanceOf(RunTurn.class);

        assertThat(commit(frozen, ask)).isEqualTo(new MemoryResult.Fenced());
        assertThat(memory.fail(frozen, ERROR, true, Usage.NONE, Map.of())).isEqualTo(new MemoryResult.Fenced());
        assertThat(memory.delete(frozen)).isFalse();
        memory.release(frozen, Usage.NONE);
        assertThat(begin(frozen, ask)).isEqualTo(new MemoryResult.Fenced());
        assertThat(request(ask, "status")).isEqualTo("running");

        assertThat(commit(successor, ask)).isInstanceOf(SettleResult.Stored.class);
        assertThat(commit(frozen, ask)).isInstanceOf(MemoryResult.AlreadyEnded.class);
        assertThat(questions(memory)).containsExactly("?");
    }

    @Test
    void rejectsAnOlderFlightOfTheSameOwner() {
        Ask ask = ask("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        begin(flight(ask, 1), ask);
        assertThat(commit(first, ask)).isEqualTo(new MemoryResult.Fenced());
        assertThat(memory.fail(first, ERROR, true, Usage.NONE, Map.of())).isEqualTo(new MemoryResult.Fenced());
    }

    @Test
    void failsATurnAfterThreeCrashesAsPoison() {
        Ask ask = ask("?");
        for (int crash = 0; crash < 3; crash++) {
            assertThat(begin(flight(ask, crash), ask)).isInstanceOf(RunTurn.class);
        }
        assertThat(begin(flight(ask, 4), ask)).isInstanceOfSatisfying(AlreadyEnded.class, ended -> {
            assertThat(ended.ending().status()).isEqualTo(RequestStatus.FAILED);
            assertThat(ended.ending().error().code()).isEqualTo("poison");
        });
        assertThat(redis.template.opsForZSet().size(keys.openRequestIds())).isZero();
    }

    @Test
    void runsATurnAsOnlySuspectIfOneMoreCrashWouldBeItsLast() {
        Ask ask = ask("?");
        begin(flight(ask, 1), ask);
        begin(flight(ask, 2), ask);
        FlightRef third = flight(ask, 3);
        BeginRequest beside = new BeginRequest(third, ask, Map.of(), null, false, false, true, 0, Duration.ZERO, null);
        assertThat(memory.begin(beside)).isEqualTo(new BeginResult.CrashSuspected());
        assertThat(memory.begin(beside)).as("a repeated call waits too").isEqualTo(new BeginResult.CrashSuspected());
        assertThat(request(ask, "crashes")).as("nothing is counted").isEqualTo("1");
        assertThat(begin(third, ask)).isInstanceOf(RunTurn.class);
        assertThat(request(ask, "crashes")).isEqualTo("2");
    }

    @Test
    void letsATurnWaitWhoseAgentOnlyOtherProcessorsHave() {
        Ask ask = ask("?");
        assertThat(begin(flight(ask, 1), ask, Duration.ofMinutes(10)))
                .isEqualTo(new BeginResult.AgentElsewhere(0, true));
        assertThat(begin(flight(ask, 1), ask, Duration.ofMinutes(10)))
                .isEqualTo(new BeginResult.AgentElsewhere(0, false));
        assertThat(request(ask, "status")).isEqualTo("queued");
        assertThat(request(ask, "stage")).isEqualTo("waiting_for_agent");
        assertThat(redis.template.opsForZSet().size(keys.openRequestIds())).isOne();
        assertThat(begin(flight(ask, 2), ask))
                .as("on the processor with the agent")
                .isInstanceOfSatisfying(
                        RunTurn.class, run -> assertThat(run.attempt()).isOne());
        assertThat(request(ask, "stage")).isEqualTo("running");
    }

    @Test
    void endsTheWaitForAnAgentAtItsBoundWithUnknownAgent() {
        Ask ask = ask("?");
        begin(flight(ask, 1), ask, Duration.ofMinutes(10));
        redis.template
                .opsForHash()
                .put(
                        keys.request(ask.requestId()),
                        "no_agent_since",
                        Long.toString(Instant.now().minusSeconds(601).toEpochMilli()));
        assertThat(begin(flight(ask, 1), ask, Duration.ofMinutes(10)))
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        ended -> assertThat(ended.ending().error().code()).isEqualTo("unknown_agent"));
        assertThat(redis.template.opsForZSet().size(keys.openRequestIds())).isZero();
    }

    @Test
    void cancelsATurnThatWaitsForItsAgent() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask, Duration.ofMinutes(10));
        redis.template.opsForHash().put(keys.request(ask.requestId()), "cancel_requested", "1");
        assertThat(begin(flight(ask, 1), ask, Duration.ofMinutes(10))).isEqualTo(new MemoryResult.CancelRequested());
    }

    @Test
    void countsTheCrashOfATurnThatThenWaitsForItsAgentOnce() {
        Ask ask = ask("?");
        begin(flight(ask, 1), ask); // never ends
        for (int i = 0; i < 5; i++) {
            assertThat(begin(flight(ask, 2), ask, Duration.ofMinutes(10)))
                    .isInstanceOf(BeginResult.AgentElsewhere.class);
        }
        assertThat(request(ask, "crashes")).isEqualTo("1");
        assertThat(request(ask, "status")).isEqualTo("queued");
    }

    private BeginResult begin(FlightRef flight, Ask ask, Duration agentWait) {
        return memory.begin(
                new BeginRequest(flight, ask, Map.of(), null, false, true, true, 0, Duration.ZERO, agentWait));
    }

    @Test
    void takesBackACrashIfTheNextOwnerBeganBeforeTheRelease() {
        Ask ask = ask("?");
        FlightRef revoked = flight(ask, 1);
        begin(revoked, ask);
        FlightRef next = flight(ask, 2);
        begin(next, ask);
        assertThat(request(ask, "crashes")).isEqualTo("1");
        memory.release(revoked, Usage.NONE);
        memory.release(revoked, Usage.NONE);
        assertThat(request(ask, "crashes")).isEqualTo("0");
        assertThat(request(ask, "status")).isEqualTo("running");
        assertThat(commit(next, ask)).isInstanceOf(SettleResult.Stored.class);
    }

    @Test
    void takesBackTheCrashesOfAllFlightsThatWereOnlyPaused() {
        Ask ask = ask("?");
        FlightRef first = flight(ask, 1);
        FlightRef second = flight(ask, 2);
        begin(first, ask);
        begin(second, ask);
        begin(flight(ask, 3), ask);
        assertThat(request(ask, "crashes")).isEqualTo("2");
        memory.release(first, Usage.NONE);
        memory.release(first, Usage.NONE);
        assertThat(request(ask, "crashes")).isEqualTo("1");
        assertThat(commit(second, ask))
                .as("late, so its processor was only paused")
                .isEqualTo(new MemoryResult.Fenced());
        assertThat(request(ask, "crashes")).isEqualTo("0");
    }

    @Test
    void endsATurnAtItsDeadlineByRedisClock() {
        Ask late = ask("late", Instant.now().minusSeconds(10), Duration.ofSeconds(5));
        assertThat(begin(flight(late, 1), late))
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        ended -> assertThat(ended.ending().error().code()).isEqualTo("deadline_exceeded"));
        Ask early = ask("early", Instant.now(), Duration.ofSeconds(500));
        assertThat(begin(flight(early, 1), early))
                .isInstanceOfSatisfying(
                        RunTurn.class,
                        run -> assertThat(run.timeLeft()).isBetween(Duration.ofSeconds(490), Duration.ofSeconds(501)));
    }

    @Test
    void limitsTheLifetimeOfATurn() {
        Ask ask = ask("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        memory.release(first, Usage.NONE);
        String longAgo =
                Long.toString(Instant.now().minus(Duration.ofMinutes(61)).toEpochMilli());
        redis.template.opsForHash().put(keys.request(ask.requestId()), "begun_at", longAgo);
        FlightRef second = flight(ask, 1);
        Duration away = Duration.ofMinutes(5);
        assertThat(memory.begin(new BeginRequest(second, ask, Map.of(), null, false, true, true, 0, away, null)))
                .as("time without Redis doesn't count")
                .isInstanceOf(RunTurn.class);
        memory.release(second, Usage.NONE);
        redis.template.opsForHash().put(keys.request(ask.requestId()), "begun_at", longAgo);
        assertThat(begin(flight(ask, 1), ask))
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        ended -> assertThat(ended.ending().error().code()).isEqualTo("expired"));
    }

    @Test
    void keepsTheFirstStreamStartThatWasStored() {
        Ask ask = ask("?");
        memory.begin(new BeginRequest(flight(ask, 1), ask, Map.of(), 42L, false, true, true, 0, Duration.ZERO, null));
        memory.begin(new BeginRequest(flight(ask, 1), ask, Map.of(), 77L, false, true, true, 0, Duration.ZERO, null));
        assertThat(request(ask, "events_from")).isEqualTo("42");
    }

    @Test
    void failsTheRequestOfAnUnreadableRecordUnlessItHasEnded() {
        Ask unreadable = ask("?");
        FlightRef flight = flight(unreadable, 2);
        AlreadyEnded ended = new AlreadyEnded(new TurnEnding(RequestStatus.FAILED, 0, null, ERROR, false));
        assertThat(memory.giveUp(flight, null, ERROR, 0)).isEqualTo(ended);
        memory.markQuarantined(flight);
        assertThat(memory.giveUp(flight, null, ERROR, 0))
                .isEqualTo(new AlreadyEnded(new TurnEnding(RequestStatus.FAILED, 0, null, ERROR, true)));
        assertThat(memory.giveUp(flight(ask("older"), 1), null, ERROR, 0)).isInstanceOf(AlreadyEnded.class);

        Ask answered = answer("fine");
        assertThat(memory.giveUp(flight(answered, 2), null, ERROR, 0))
                .as("the stored answer stays")
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        end -> assertThat(end.ending().status()).isEqualTo(RequestStatus.COMPLETED));
        begin(flight(ask("newer owner"), 5), ask("newer owner"));
        assertThat(memory.giveUp(flight(ask("by a frozen one"), 1), null, ERROR, 0))
                .isEqualTo(new MemoryResult.Fenced());
    }

    @Test
    void storesTheTypeAndTheAttemptsOfACommandThatItGivesUp() {
        FlightRef flight = flight(ask("?"), 1);
        redis.template
                .opsForHash()
                .putAll(
                        keys.context(),
                        Map.of("fork", flight.request().toString(), "fence", "1", "ttl", "60000", "agent", "echo"));
        assertThat(memory.giveUp(flight, "import_session", ERROR, 3))
                .isEqualTo(new AlreadyEnded(new TurnEnding(RequestStatus.FAILED, 3, null, ERROR, false)));
        assertThat(redis.template.opsForHash().get(keys.request(flight.request()), "type"))
                .isEqualTo("import_session");
        assertThat(redis.template.hasKey(keys.context()))
                .as("the session that a failed fork had reserved")
                .isFalse();
    }

    @Test
    void reportsDataThatRedisRejectsAsADefectAndNotAsAnUnavailableStore() {
        answer("first");
        redis.template.delete(keys.history());
        redis.template.opsForValue().set(keys.history(), "not a list");
        cache.invalidate(session);
        memory.prefetch(session); // leaves the exception to begin
        Ask ask = ask("?");
        assertThatThrownBy(() -> begin(flight(ask, 1), ask)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "READONLY You can't write against a read only replica.",
                "ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory >",
                "LOADING Redis is loading the dataset in memory",
                "MISCONF Redis is configured to save RDB snapshots script: f_1, on @user_script:1."
            })
    void reportsARedisThatAcceptsNoWritesAsUnavailable(String reply) {
        assertThat(RedisFailures.of("write", new RedisSystemException("", new RedisCommandExecutionException(reply))))
                .isInstanceOf(MemoryUnavailableException.class);
    }

    @Test
    void countsNoCrashForAReleasedFlight() {
        Ask ask = ask("?");
        for (int i = 1; i <= 5; i++) {
            FlightRef flight = flight(ask, i);
            assertThat(begin(flight, ask)).isEqualTo(new RunTurn(i, 0, null, Memory.EMPTY));
            memory.release(flight, Usage.NONE);
            assertThat(request(ask, "status")).isEqualTo("queued");
        }
        assertThat(request(ask, "crashes")).isEqualTo("0");
    }

    @Test
    void countsFailuresApartFromAttempts() {
        Ask ask = ask("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        assertThat(memory.fail(first, ERROR, false, Usage.NONE, Map.of())).isEqualTo(new SettleResult.Stored());
        assertThat(memory.fail(first, ERROR, false, Usage.NONE, Map.of()))
                .as("repeated call")
                .isEqualTo(new SettleResult.Stored());
        assertThat(request(ask, "status")).isEqualTo("retrying");

        FlightRef second = flight(ask, 1);
        assertThat(begin(second, ask)).isEqualTo(new RunTurn(2, 1, null, Memory.EMPTY));
        assertThat(memory.fail(second, ERROR, true, Usage.NONE, Map.of())).isEqualTo(new SettleResult.Stored());
        assertThat(begin(flight(ask, 1), ask))
                .isEqualTo(new AlreadyEnded(new TurnEnding(RequestStatus.FAILED, 2, null, ERROR, false)));
        assertThat(questions(memory)).as("history keeps no incomplete turn").isEmpty();
        assertThat(redis.template.opsForZSet().size(keys.openRequestIds()))
                .as("only the turn that read the history is open")
                .isOne();
    }

    @Test
    void expiresAnOldRecordWithoutARequestRecord() {
        Ask ask = ask("?");
        assertThat(memory.begin(new BeginRequest(
                        flight(ask, 1), ask, Map.of(), null, true, false, true, 0, Duration.ZERO, null)))
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        ended -> assertThat(ended.ending().error().code()).isEqualTo("expired"));
    }

    @Test
    void rejectsAnOlderFenceAfterTheContextHasExpired() {
        Ask ask = ask("?");
        FlightRef frozen = flight(ask, 1);
        begin(frozen, ask);
        begin(flight(ask, 2), ask);
        redis.template.delete(List.of(keys.context(), keys.history()));
        assertThat(commit(frozen, ask)).isEqualTo(new SettleResult.TurnLost());
        assertThat(begin(frozen, ask)).isEqualTo(new MemoryResult.Fenced());
    }

    @Test
    void reportsThatTheDataOfATurnIsLost() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        redis.template.delete(List.of(keys.context(), keys.history(), keys.request(ask.requestId())));
        assertThat(commit(flight, ask)).isEqualTo(new SettleResult.TurnLost());
        begin(flight, ask);
        assertThat(commit(flight, ask)).isInstanceOf(SettleResult.Stored.class);
        assertThat(questions(memory)).containsExactly("?");
    }

    @Test
    void doesNotExtendADeadlineBecauseTheClockOfTheGatewayIsAhead() {
        Ask ask = ask("?", Instant.now().plus(Duration.ofMinutes(10)), Duration.ofSeconds(8));
        assertThat(begin(flight(ask, 1), ask))
                .isInstanceOfSatisfying(
                        RunTurn.class,
                        run -> assertThat(run.timeLeft()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8)));
    }

    @Test
    void aSessionOutlivesItsTurnEvenIfItsLifetimeHasBecomeShorter() {
        answer("one");
        Ask ask = ask("two");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        memory.release(first, Usage.NONE);
        redis.template.expire(keys.context(), Duration.ofMinutes(1));
        redis.template.expire(keys.history(), Duration.ofMinutes(1));

        begin(flight(ask, 1), ask);

        for (String key :
                List.of(keys.context(), keys.history(), keys.request(ask.requestId()), keys.openRequestIds())) {
            assertThat(redis.template.getExpire(key))
                    .as(key)
                    .isGreaterThan(Duration.ofHours(22).toSeconds());
        }
    }
}
