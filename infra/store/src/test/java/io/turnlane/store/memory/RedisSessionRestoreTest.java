package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.RecalledSession.Deletion;
import io.turnlane.store.memory.RecalledSession.Life;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RedisSessionRestoreTest extends RedisMemoryTests {

    private static final int PARTITION = 0;
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final RedisSessionRestore restore =
            new RedisSessionRestore(redis.template, LIMITS, new WireFormat(), damaged::add);

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
        memory.fail(second, TurnError.of(ErrorCode.AGENT_ERROR, "no"), false, Map.of());
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
        assertThat(memory.fail(flight, TurnError.of(ErrorCode.AGENT_ERROR, "computed again"), true, Map.of()))
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
    void restoresAnOpenQuestion() {
        OpenTurn waits = new OpenTurn(earlier("waits"), offset++, now, 17L, 2, Map.of(), null);
        restoreOpen(waits);
        assertThat(redis.template.opsForHash().entries(keys.request(waits.requestId())))
                .containsEntry("status", "queued")
                .containsEntry("question", "waits")
                .containsEntry("agent", "echo")
                .containsEntry("events_from", "17");
        assertThat(redis.template.opsForZSet().range(keys.openRequestIds(), 0, -1))
                .containsExactly(waits.requestId().toString());
        assertThat(redis.template.opsForZSet().range(keys.requestIds(), 0, -1))
                .containsExactly(waits.requestId().toString());
        assertThat(redis.template.getExpire(keys.context())).isPositive();
        assertThat(((RunTurn) memory.begin(beginning(waits.ask(), waits.offset()))).attempt())
                .as("clients have seen two attempts")
                .isEqualTo(3);
    }

    @Test
    void restoresADeadlineThatTheClockOfTheGatewayDoesNotExtend() {
        Ask ask = ask("?", now.plus(Duration.ofMinutes(10)), Duration.ofSeconds(8));
        OpenTurn waits = new OpenTurn(ask, offset++, now, null, 0, Map.of(), null);
        restoreOpen(waits);
        assertThat(((RunTurn) memory.begin(beginning(ask, waits.offset()))).timeLeft())
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
    }

    @Test
    void restoresTheQuestionsMergedIntoAnOpenQuestion() {
        RequestId merged = new RequestId(UUID.randomUUID());
        OpenTurn waits = new OpenTurn(earlier("waits"), offset++, now, null, 0, Map.of(merged, "merged"), null);
        restoreOpen(waits);
        assertThat(((RunTurn) memory.begin(beginning(waits.ask(), waits.offset()))).mergedQuestions())
                .containsExactly("merged");
    }

    @Test
    void restoresTheCancelOfAnOpenQuestionWithOrWithoutItsRecord() {
        for (boolean recorded : List.of(false, true)) {
            Ask ask = earlier("cancelled");
            if (recorded) {
                restoreOpen(new OpenTurn(ask, offset, now, null, 0, Map.of(), null));
            }
            CancelTurn cancel =
                    new CancelTurn(ask.requestId(), ask.sessionId(), null, now, ask.requestId(), "typed too fast");
            OpenTurn cancelled = new OpenTurn(ask, offset++, now, null, 0, Map.of(), cancel);
            restoreOpen(cancelled);
            assertThat(memory.begin(beginning(ask, cancelled.offset()))).isEqualTo(new MemoryResult.CancelRequested());
            assertThat(request(ask, "cancel_reason")).isEqualTo("typed too fast");
        }
    }

    @Test
    void restoresTurnsThatEndedWithoutAnAnswer() {
        EndCause cause = new EndCause("interrupted", new RequestId(UUID.randomUUID()));
        EndedTurn ended = new EndedTurn(
                earlier("ended"), "ended", offset++, now, 1, now, now, null, null, RequestStatus.CANCELLED, cause);
        restore(1, ended);
        assertThat(memory.begin(beginning(ended.ask(), ended.offset())))
                .isEqualTo(new MemoryResult.AlreadyEnded(
                        new TurnEnding(RequestStatus.CANCELLED, 1, null, null, false, cause)));
        assertThat(redis.template.opsForList().size(keys.history())).isOne();
    }

    @Test
    void changesOnlyTheAttemptOfARunningTurn() {
        Ask ask = earlier("runs");
        FlightRef flight = flight(ask, 1);
        memory.begin(beginning(flight, ask));
        restoreOpen(new OpenTurn(ask, flight.offset(), now, null, 4, Map.of(), null));
        assertThat(redis.template.opsForHash().get(keys.request(ask.requestId()), "status"))
                .isEqualTo("running");
        memory.fail(flight, TurnError.of(ErrorCode.AGENT_ERROR, "no"), false, Map.of());
        assertThat(((RunTurn) memory.begin(beginning(flight(ask, 1), ask))).attempt())
                .isEqualTo(5);
    }

    @Test
    void reportsTheDataOfAFlightAsLostIfItsQuestionWasRestored() {
        Ask ask = earlier("runs");
        FlightRef flight = flight(ask, 1);
        restoreOpen(new OpenTurn(ask, flight.offset(), now, null, 1, Map.of(), null));
        assertThat(memory.commit(flight, pastNow(ask), Answer.ofText("computed"), Map.of()))
                .isEqualTo(new SettleResult.TurnLost());
        assertThat(memory.fail(flight, TurnError.of(ErrorCode.AGENT_ERROR, "no"), true, Map.of()))
                .isEqualTo(new SettleResult.TurnLost());
        RunTurn run = (RunTurn)
                memory.begin(new BeginRequest(flight, ask, Map.of(), null, false, true, true, 1, Duration.ZERO, null));
        assertThat(run.attempt()).isEqualTo(1);
        assertThat(memory.commit(flight, pastNow(ask), Answer.ofText("computed"), Map.of()))
                .isInstanceOf(SettleResult.Stored.class);
    }

    @Test
    void leavesATurnEndedIfTheLogHadItOpen() {
        EndedTurn one = answered("one");
        restore(1, one);
        restoreOpen(new OpenTurn(one.ask(), one.offset(), now, null, 1, Map.of(), null));
        assertThat(redis.template.opsForHash().get(keys.request(one.requestId()), "status"))
                .isEqualTo("completed");
        assertThat(redis.template.hasKey(keys.openRequestIds())).isFalse();
    }

    @Test
    void restoresNoQuestionThatWasAskedBeforeADeletion() {
        OpenTurn old = new OpenTurn(earlier("old"), offset++, now, null, 0, Map.of(), null);
        memory.delete(flight(earlier("delete"), 1));
        restoreOpen(old);
        assertThat(redis.template.hasKey(keys.request(old.requestId()))).isFalse();
        assertThat(redis.template.hasKey(keys.context())).isFalse();
    }

    private void restoreOpen(OpenTurn... open) {
        Life life = new Life(null, "echo", now, now, Duration.ofHours(1), 0, Duration.ZERO, null);
        restore.restore(
                new RecalledSession(session, life, List.of(), List.of(), List.of(open), null, null, List.of()),
                1,
                PARTITION,
                null);
    }

    private RestoreResult restore(long fence, EndedTurn... turns) {
        return restore(fence, List.of(), turns);
    }

    private RestoreResult restore(long fence, List<OpenTurn> open, EndedTurn... turns) {
        int answered = (int) Arrays.stream(turns).filter(EndedTurn::isCompleted).count();
        Life life = new Life(
                null,
                "echo",
                now.minusSeconds(100),
                now.minusSeconds(60),
                Duration.ofHours(1),
                answered,
                Duration.ofMillis(answered),
                null);
        return restore.restore(
                new RecalledSession(session, life, List.of(turns), List.of(), open, null, null, List.of()),
                fence,
                PARTITION,
                null);
    }

    private EndedTurn answered(String question) {
        return ended(earlier(question), now.minusSeconds(60).plusMillis(offset), Answer.ofText("a: " + question), null);
    }

    private EndedTurn failed(String question) {
        return ended(earlier(question), now.minusSeconds(60), null, TurnError.of(ErrorCode.AGENT_ERROR, "no"));
    }

    private EndedTurn ended(Ask ask, Instant at, Answer answer, TurnError error) {
        RequestStatus status = answer == null ? RequestStatus.FAILED : RequestStatus.COMPLETED;
        return new EndedTurn(ask, ask.question(), offset++, now, 1, at, at, answer, error, status, null);
    }

    private void commit(String question) {
        Ask ask = earlier(question);
        FlightRef flight = flight(ask, 1);
        memory.begin(beginning(flight, ask));
        assertThat(memory.commit(flight, pastNow(ask), Answer.ofText("a: " + question), Map.of()))
                .isInstanceOf(SettleResult.Stored.class);
    }

    private PastTurn pastNow(Ask ask) {
        return new PastTurn(
                ask.requestId(),
                RequestStatus.COMPLETED,
                ask.question(),
                "a: " + ask.question(),
                null,
                List.of(),
                Duration.ZERO,
                now.plusMillis(offset));
    }

    private RunTurn begin(String question) {
        return begin(question, 1);
    }

    private RunTurn begin(String question, long fence) {
        Ask ask = earlier(question);
        return (RunTurn) memory.begin(beginning(flight(ask, fence), ask));
    }

    private List<String> questions() {
        return begin("looks").memory().turns().stream().map(PastTurn::question).toList();
    }

    private BeginRequest beginning(Ask ask, long at) {
        return beginning(new FlightRef(session, ask.requestId(), "f", 1, PARTITION, at, now), ask);
    }

    private Ask earlier(String question) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                session.sessionId(),
                null,
                "echo",
                question,
                Map.of(),
                Duration.ofHours(1),
                now.minusSeconds(100),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }
}
