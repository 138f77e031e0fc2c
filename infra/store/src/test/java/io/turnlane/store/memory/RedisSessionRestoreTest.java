package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.RecalledSession.Deletion;
import io.turnlane.store.memory.RecalledSession.Life;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RedisSessionRestoreTest extends RedisRestoreTests {

    private static final Usage USAGE = new Usage(2, 300, 40, 0.005, "USD");

    @Test
    void restoresTheStatesOfAgentsUnlessANewerTurnHasSetThem() {
        AgentStates logged = AgentStates.NONE.with("echo", Map.of("step", 1));
        restore(logged, answered("one"));
        assertThat(begin("two").states()).isEqualTo(logged);

        AgentStates newer = AgentStates.NONE.with("echo", Map.of("step", 2));
        Ask ask = earlier("three");
        FlightRef flight = flight(ask, 1);
        memory.begin(beginning(flight, ask));
        memory.commit(flight, pastNow(ask), Answer.ofText("a"), newer, Map.of());
        redis.template.opsForHash().put(keys.context(), "memory", "lost");
        restore(logged, answered("zero"));
        assertThat(begin("four").states()).isEqualTo(newer);
    }

    private void restore(AgentStates states, EndedTurn turn) {
        Life life = new Life(
                null,
                "echo",
                now.minusSeconds(100),
                now.minusSeconds(60),
                Duration.ofHours(1),
                1,
                Duration.ZERO,
                null,
                states);
        restore.restore(
                new RecalledSession(session, life, List.of(turn), List.of(), List.of(), null, null, List.of()),
                1,
                PARTITION,
                null);
    }

    @Test
    void restoresHistoryContextAndResultsOfRequests() {
        EndedTurn one = answered("one");
        EndedTurn two = answered("two");
        EndedTurn failed = failed("three");
        assertThat(restore(1, one, two, failed)).isEqualTo(new RestoreResult(false, 2));

        assertThat(redis.template.opsForHash().entries(keys.context()))
                .containsEntry("agent", "echo")
                .containsEntry("request_count", "2")
                .containsEntry("memory", "rebuilt");
        assertThat(redis.template.getExpire(keys.context()))
                .as("rest of its time to live of one hour")
                .isBetween(3000L, 3540L);
        RunTurn next = begin("next");
        assertThat(next.memory().turns()).extracting(PastTurn::question).containsExactly("one", "two");
        assertThat(next.memoryIssue()).isEqualTo(MemoryIssue.REBUILT);
        assertThat(memory.begin(beginning(one.ask(), one.offset())))
                .isInstanceOfSatisfying(
                        AlreadyEnded.class,
                        ended -> assertThat(ended.ending().answer()).isEqualTo(Answer.ofText("a: one")));
        assertThat(memory.begin(beginning(failed.ask(), failed.offset())))
                .isInstanceOfSatisfying(AlreadyEnded.class, ended -> {
                    assertThat(ended.ending().status()).isEqualTo(RequestStatus.FAILED);
                    assertThat(ended.ending().quarantined()).isTrue();
                });
    }

    @Test
    void changesNothingOnARepeatedCall() {
        EndedTurn one = answered("one");
        restore(1, one);
        Map<Object, Object> context = redis.template.opsForHash().entries(keys.context());
        assertThat(restore(1, one)).isEqualTo(new RestoreResult(false, 0));
        assertThat(redis.template.opsForHash().entries(keys.context())).isEqualTo(context);
        assertThat(questions()).containsExactly("one");
    }

    @Test
    void insertsRestoredTurnsBeforeNewerStoredTurns() {
        EndedTurn one = answered("one");
        EndedTurn two = answered("two");
        commit("three");
        assertThat(restore(1, one, two)).isEqualTo(new RestoreResult(false, 2));
        assertThat(questions()).containsExactly("one", "two", "three");
        commit("four");
        assertThat(restore(1, one, two)).as("the turn was trimmed, not lost").isEqualTo(new RestoreResult(false, 0));
        assertThat(questions()).containsExactly("two", "three", "four");
    }

    @Test
    void appliesToARunningTurnAndInvalidatesCachedCopies() {
        Ask ask = earlier("three");
        FlightRef flight = flight(ask, 1);
        memory.begin(beginning(flight, ask));
        restore(1, answered("one"));
        memory.commit(flight, pastNow(ask), Answer.ofText("a: three"), Map.of());
        assertThat(questions()).containsExactly("one", "three");
        assertThat(redis.template.opsForHash().get(keys.context(), "memory"))
                .as("the turn had begun before; the next one reports the rebuild")
                .isEqualTo("rebuilt");
    }

    @Test
    void continuesToCountAttemptsIfDataWasLostDuringOne() {
        Ask ask = earlier("fails");
        FlightRef second = flight(ask, 1);
        BeginRequest settling =
                new BeginRequest(second, ask, Map.of(), null, false, true, true, 2, Duration.ZERO, null);
        assertThat(((RunTurn) memory.begin(settling)).attempt()).isEqualTo(2);
        memory.fail(second, TurnError.of(ErrorCode.AGENT_ERROR, "no"), false, Usage.NONE, Map.of());
        assertThat(((RunTurn) memory.begin(beginning(flight(ask, 1), ask))).attempt())
                .isEqualTo(3);
    }

    @Test
    void rejectsAnotherAnswerThanTheLoggedOneFromARunningFlight() {
        Ask ask = earlier("one");
        FlightRef flight = flight(ask, 1);
        memory.begin(beginning(flight, ask));
        restore(1, ended(ask, now.minusSeconds(60), Answer.ofText("logged"), null));
        assertThat(memory.commit(flight, pastNow(ask), Answer.ofText("computed again"), Map.of()))
                .isInstanceOfSatisfying(
                        MemoryResult.AlreadyEnded.class,
                        ended -> assertThat(ended.ending().answer()).isEqualTo(Answer.ofText("logged")));
    }

    @Test
    void rejectsAnotherFailureThanTheLoggedOneFromARunningFlight() {
        Ask ask = earlier("one");
        FlightRef flight = flight(ask, 1);
        memory.begin(beginning(flight, ask));
        TurnError logged = TurnError.of(ErrorCode.AGENT_ERROR, "logged");
        restore(1, ended(ask, now.minusSeconds(60), null, logged));
        assertThat(memory.fail(
                        flight, TurnError.of(ErrorCode.AGENT_ERROR, "computed again"), true, Usage.NONE, Map.of()))
                .isInstanceOfSatisfying(
                        MemoryResult.AlreadyEnded.class,
                        ended -> assertThat(ended.ending().error()).isEqualTo(logged));
    }

    /** A gateway that accepts a question to a session without a context creates the context with default values. */
    @Test
    void restoresTheSettingsOfALostContextThatAGatewayHasCreatedAgain() {
        for (Map<String, Object> metadata : Arrays.asList(null, Map.<String, Object>of("n", 2))) {
            redis.template.delete(List.of(keys.context(), keys.history()));
            storeContext(now, "other", "{}");
            redis.template.opsForHash().put(keys.context(), "memory", "lost");
            restoreLife(now.minusSeconds(100), metadata, answered("one"));
            assertThat(context("agent")).isEqualTo("echo");
            assertThat(context("ttl")).isEqualTo("3600000");
            assertThat(context("created_at"))
                    .isEqualTo(Long.toString(now.minusSeconds(100).toEpochMilli()));
            assertThat(context("metadata")).isEqualTo(metadata == null ? "{}" : "{\"n\":2}");
        }
    }

    /** The log no longer contains the beginning of the session. */
    @Test
    void keepsTheSettingsOfAContextThatIsOlderThanTheLog() {
        storeContext(now.minusSeconds(200), "other", "{\"kept\":1}");
        redis.template.opsForHash().put(keys.context(), "hist_bytes", "100");
        restoreLife(now.minusSeconds(100), Map.of("n", 2), answered("one"));
        assertThat(context("metadata")).isEqualTo("{\"kept\":1}");
        assertThat(context("agent")).isEqualTo("other");
        assertThat(context("ttl")).isEqualTo("60000");
        assertThat(context("memory")).isEqualTo("rebuilt");
        assertThat(questions()).containsExactly("one");
    }

    /** Redis restarted without its last writes. */
    @Test
    void restoresTheMetadataOfAContextInAnEarlierState() {
        storeContext(now.minusSeconds(100), "echo", "{\"n\":1}");
        restoreLife(now.minusSeconds(100), Map.of("n", 2), answered("one"));
        assertThat(context("metadata")).isEqualTo("{\"n\":2}");
    }

    private void storeContext(Instant createdAt, String agent, String metadata) {
        redis.template
                .opsForHash()
                .putAll(
                        keys.context(),
                        Map.of(
                                "session_id",
                                session.sessionId().toString(),
                                "agent",
                                agent,
                                "created_at",
                                Long.toString(createdAt.toEpochMilli()),
                                "metadata",
                                metadata,
                                "ttl",
                                "60000"));
    }

    private void restoreLife(Instant createdAt, Map<String, Object> metadata, EndedTurn turn) {
        Life life = new Life(
                null, "echo", createdAt, now.minusSeconds(60), Duration.ofHours(1), 1, Duration.ofMillis(1), metadata);
        restore.restore(
                new RecalledSession(session, life, List.of(turn), List.of(), List.of(), null, null, List.of()),
                1,
                PARTITION,
                null);
    }

    @Test
    void rejectsAnOwnerThatWasFencedOff() {
        begin("by a newer owner", 5);
        assertThat(restore(4, answered("one"))).isEqualTo(RestoreResult.FENCED);
        assertThat(redis.template.hasKey(keys.history())).isFalse();
    }

    @Test
    void leavesATurnInHandoverToItsFlight() {
        Ask ask = earlier("three");
        FlightRef before = flight(ask, 1);
        memory.begin(beginning(before, ask));
        memory.startHandover(before, Duration.ofSeconds(30));
        OpenTurn running = new OpenTurn(ask, before.offset(), now, null, 1, Map.of(), null);
        assertThat(restore(2, List.of(running), answered("one"))).isEqualTo(new RestoreResult(false, 1));
        assertThat(memory.commit(before, pastNow(ask), Answer.ofText("a: three"), Map.of()))
                .isInstanceOf(SettleResult.Stored.class);
        assertThat(questions()).containsExactly("one", "three");

        Ask next = earlier("four");
        FlightRef frozen = flight(next, 1);
        memory.begin(beginning(frozen, next));
        restore(2, List.of(new OpenTurn(next, frozen.offset(), now, null, 1, Map.of(), null)), answered("two"));
        assertThat(memory.commit(frozen, pastNow(next), Answer.ofText("a: four"), Map.of()))
                .as("this turn is not in handover")
                .isEqualTo(new MemoryResult.Fenced());
    }

    @Test
    void restoresNothingThatWasDeletedMeanwhile() {
        EndedTurn one = answered("one");
        Ask delete = earlier("delete");
        memory.delete(flight(delete, 1));
        EndedTurn after = answered("after");
        assertThat(restore(1, one, after)).isEqualTo(new RestoreResult(false, 1));
        assertThat(questions()).containsExactly("after");
        assertThat(redis.template.hasKey(keys.request(one.requestId()))).isFalse();
    }

    @Test
    void restoresADeletionSoThatNoLateRecordRestoresTheSession() {
        Ask before = earlier("before");
        long at = offset++;
        Deletion deletion = new Deletion(offset++, now);
        restore.restore(
                new RecalledSession(session, null, List.of(), List.of(), List.of(), deletion, null, List.of()),
                1,
                PARTITION,
                null);
        assertThat(memory.begin(beginning(before, at))).isEqualTo(new MemoryResult.Erased());
    }

    @Test
    void doesNotRestoreAnExpiredSession() {
        EndedTurn old = ended(earlier("old"), now.minus(Duration.ofHours(2)), Answer.ofText("a"), null);
        Life life = new Life(
                null, "echo", now, now.minus(Duration.ofHours(2)), Duration.ofHours(1), 1, Duration.ZERO, null);
        restore.restore(
                new RecalledSession(session, life, List.of(old), List.of(), List.of(), null, null, List.of()),
                1,
                PARTITION,
                null);
        assertThat(redis.template.hasKey(keys.context())).isFalse();
        assertThat(redis.template.hasKey(keys.request(old.requestId())))
                .as("request records live longer")
                .isTrue();
    }

    @Test
    void restoresTurnsThatEndedWithoutAnAnswer() {
        EndCause cause = new EndCause("interrupted", new RequestId(UUID.randomUUID()));
        EndedTurn ended = new EndedTurn(
                earlier("ended"),
                "ended",
                offset++,
                now,
                1,
                now,
                now,
                null,
                null,
                RequestStatus.CANCELLED,
                cause,
                USAGE,
                List.of());
        restore(1, ended);
        assertThat(memory.begin(beginning(ended.ask(), ended.offset())))
                .isEqualTo(new MemoryResult.AlreadyEnded(
                        new TurnEnding(RequestStatus.CANCELLED, 1, null, null, false, null, cause, USAGE)));
        assertThat(redis.template.opsForList().size(keys.history())).isOne();
    }
}
