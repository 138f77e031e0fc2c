package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.RequestTimes;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import io.turnlane.store.memory.SessionMemory.BusyArrival;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** History and lifetime of a session. */
class RedisSessionMemoryTest extends RedisMemoryTests {

    @Test
    void remembersAnsweredTurnsInOrder() {
        answer("one");
        answer("two");
        assertThat(redis.template.getExpire(keys.history())).isBetween(3500L, 3600L);
        assertThat(questions(memory)).containsExactly("one", "two");
        assertThat(questions(memory(new SessionCache(100, Duration.ofMinutes(5)), LIMITS)))
                .as("read by a processor without a cached copy")
                .containsExactly("one", "two");
        assertThat(context("request_count")).isEqualTo("2");
        assertThat(context("total_processing_time")).isEqualTo("24");
    }

    @Test
    void returnsTheTimesOfTheRecordWithAStoredAnswer() {
        Ask ask = ask("twice");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        memory.fail(first, ERROR, false, Usage.NONE, Map.of());
        FlightRef second = flight(ask, 1);
        begin(second, ask);
        SettleResult stored = commit(second, ask);
        assertThat(stored)
                .isEqualTo(new SettleResult.Stored(
                        new RequestTimes(time(ask, "begun_at"), time(ask, "started_at"), time(ask, "finished_at"))));
        assertThat(commit(second, ask)).as("the reply of a repeated call").isEqualTo(new SettleResult.Stored());
    }

    private Instant time(Ask ask, String field) {
        Object millis = redis.template.opsForHash().get(keys.request(ask.requestId()), field);
        return Instant.ofEpochMilli(Long.parseLong((String) millis));
    }

    @Test
    void keepsTheLastTurnsOnly() {
        List.of("1", "2", "3", "4", "5").forEach(this::answer);
        assertThat(questions(memory)).containsExactly("3", "4", "5");
        assertThat(questions(memory(new SessionCache(0, Duration.ofMinutes(5)), LIMITS)))
                .containsExactly("3", "4", "5");
    }

    @Test
    void keepsHistoryWithinItsBytesButAlwaysTheNewestTurn() {
        RedisSessionMemory small = memory(
                cache, new MemoryLimits(10, 400, Duration.ofHours(1), Duration.ofHours(1), 3, Duration.ofHours(1)));
        for (String question : List.of("1", "2", "3", "4")) {
            Ask ask = ask(question);
            FlightRef flight = flight(ask, 1);
            small.begin(beginning(flight, ask));
            small.commit(flight, past(ask), Answer.ofText("a".repeat(100)), Map.of());
        }
        assertThat(questions(small)).isNotEmpty().endsWith("4").hasSizeLessThan(4);
        long stored = redis.template.opsForList().size(keys.history());
        assertThat(questions(small)).hasSize((int) stored);
    }

    @Test
    void fetchesHistoryOnlyIfTheCachedCopyIsNotCurrent() {
        answer("one");
        answer("two");
        answer("three");
        assertThat(cache.statistics())
                .as("only the first turn had to fetch")
                .isEqualTo(new ProcessorStatistics.CacheStatistics(1, 100, 2, 1));

        cache.put(session, new SessionCache.CachedSession("of another life", Memory.EMPTY), Duration.ofHours(1));
        assertThat(questions(memory)).as("a stale copy is never used").containsExactly("one", "two", "three");
    }

    @Test
    void reportsASessionAsLostOnlyIfNoOtherOwnerCanHaveLetItExpire() {
        answer("one");
        redis.template.delete(List.of(keys.context(), keys.history(), keys.life())); // as if it had expired
        assertThat(beginWithPossibleLoss(2))
                .as("another processor may have owned the partition meanwhile")
                .isInstanceOf(RunTurn.class);

        answer("two", 2);
        redis.template.delete(List.of(keys.context(), keys.history()));
        assertThat(beginWithPossibleLoss(2)).isEqualTo(new MemoryResult.DataMissing(true));
    }

    /** Begins a turn that its gateway has accepted. */
    private BeginResult beginWithPossibleLoss(long fence) {
        Ask ask = ask("?");
        redis.template.opsForHash().put(keys.request(ask.requestId()), "status", "queued");
        return memory.begin(
                new BeginRequest(flight(ask, fence), ask, Map.of(), null, false, true, false, 0, Duration.ZERO, null));
    }

    @Test
    void neverUsesACachedCopyOfAnEarlierLife() {
        answer("one");
        SessionCache elsewhere = new SessionCache(10, Duration.ofMinutes(5));
        RedisSessionMemory other = memory(elsewhere, LIMITS);
        Ask delete = ask("delete");
        other.delete(flight(delete, 1));
        Ask ask = ask("in a new life");
        FlightRef flight = flight(ask, 1);
        other.begin(beginning(flight, ask));
        other.commit(flight, past(ask), Answer.ofText("a"), Map.of());
        assertThat(questions(memory))
                .as("same number of commits as in the earlier life")
                .containsExactly("in a new life");
    }

    @Test
    void prefetchesHistory() {
        answer("one");
        SessionCache other = new SessionCache(10, Duration.ofMinutes(5));
        RedisSessionMemory elsewhere = memory(other, LIMITS);
        elsewhere.prefetch(session);
        assertThat(questions(elsewhere)).containsExactly("one");
        assertThat(other.statistics().hits()).isEqualTo(1);
    }

    @Test
    void storesAnAnswerOnceHoweverOftenItIsSent() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        for (int i = 0; i < 3; i++) {
            assertThat(commit(flight, ask)).isInstanceOf(SettleResult.Stored.class);
        }
        assertThat(questions(memory)).containsExactly("?");
        assertThat(context("request_count")).isEqualTo("1");
    }

    @Test
    void returnsTheStoredAnswerToARedeliveredTurn() {
        Ask ask = answer("?");
        assertThat(begin(flight(ask, 2), ask))
                .isEqualTo(new AlreadyEnded(
                        new TurnEnding(RequestStatus.COMPLETED, 1, Answer.ofText("a: ?"), null, false)));
    }

    @Test
    void keepsHistoryAsLongAsItsSessionEvenIfATurnFails() {
        answer("one");
        Ask late = ask("late", Instant.now().minusSeconds(10), Duration.ofSeconds(5));
        redis.template.expire(keys.history(), Duration.ofSeconds(7));
        begin(flight(late, 1), late);
        assertThat(redis.template.getExpire(keys.history())).isEqualTo(redis.template.getExpire(keys.context()));
    }

    @Test
    void leavesLaterQuestionsOpenWhenTheSessionIsDeleted() {
        Ask later = ask("later");
        FlightRef deletion = flight(ask("delete"), 1);
        begin(flight(later, 1), later);
        memory.delete(deletion);
        assertThat(request(later, "status")).isEqualTo("running");
    }

    @Test
    void keepsTheRequestOfADeletionInTheTombstone() {
        Ask delete = ask("delete");
        String request = keys.request(delete.requestId());
        redis.template.opsForHash().putAll(request, Map.of("status", "queued", "created_at", "1000"));
        redis.template.opsForZSet().add(keys.requestIds(), delete.requestId().toString(), 1000);
        memory.delete(flight(delete, 1));
        assertThat(redis.template.hasKey(request)).isFalse();
        assertThat(redis.template.opsForHash().entries(keys.tombstone()))
                .containsEntry("deletion", delete.requestId().toString())
                .containsEntry("asked_at", "1000")
                .containsKey("done_at");
    }

    @Test
    void keepsASessionListedIfAQuestionWaitsBehindItsDeletion() {
        String list = MemoryKeys.sessionsOfUser(keys.session().namespace());
        String session = keys.session().sessionId().toString();
        redis.template.opsForZSet().add(list, session, 1);
        memory.delete(flight(ask("delete"), 1));
        assertThat(redis.template.opsForZSet().score(list, session)).isNull();

        redis.template.opsForZSet().add(list, session, 1);
        FlightRef deletion = flight(ask("delete again"), 1);
        Ask later = ask("later");
        begin(flight(later, 1), later);
        memory.delete(deletion);
        assertThat(redis.template.opsForZSet().score(list, session)).isNotNull();
    }

    @Test
    void keepsAShortLivedSessionForAsLongAsOneOfItsTurnsIsOpen() {
        List<Ask> asks = Stream.of("one", "two", "three").map(this::shortLived).toList();
        List<FlightRef> flights = asks.stream().map(ask -> flight(ask, 1)).toList();
        begin(flights.getFirst(), asks.getFirst());
        for (Ask waiting : asks.subList(1, 3)) {
            redis.template
                    .opsForZSet()
                    .add(keys.openRequestIds(), waiting.requestId().toString(), 1);
        }
        commit(flights.getFirst(), asks.getFirst());
        assertKeptFor(Duration.ofHours(24));
        begin(flights.get(1), asks.get(1));
        memory.fail(flights.get(1), ERROR, true, Usage.NONE, Map.of());
        assertKeptFor(Duration.ofHours(24));
        begin(flights.get(2), asks.get(2));
        commit(flights.get(2), asks.get(2));
        assertKeptFor(Duration.ofSeconds(5));
        assertThat(questions(memory)).containsExactly("one", "three");
    }

    @Test
    void letsASessionExpireAfterItsLastOpenTurnWasDismissed() {
        Ask one = shortLived("one");
        FlightRef first = flight(one, 1);
        begin(first, one);
        Ask waiting = shortLived("waits");
        FlightRef second = flight(waiting, 1);
        redis.template
                .opsForZSet()
                .add(keys.openRequestIds(), waiting.requestId().toString(), 1);
        redis.template.opsForHash().put(keys.request(waiting.requestId()), "status", "queued");
        redis.template.opsForHash().put(keys.request(waiting.requestId()), "cancel_requested", "1");
        commit(first, one);
        assertKeptFor(Duration.ofHours(24));
        assertThat(memory.dismiss(second)).isInstanceOf(AlreadyEnded.class);
        assertKeptFor(Duration.ofSeconds(5));
    }

    private void assertKeptFor(Duration time) {
        for (String key : List.of(keys.context(), keys.history())) {
            assertThat(redis.template.getExpire(key)).isBetween(time.toSeconds() - 5, time.toSeconds());
        }
    }

    private Ask shortLived(String question) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                session.sessionId(),
                null,
                "echo",
                question,
                Map.of(),
                Duration.ofSeconds(5),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    @Test
    void deletesASessionSoThatNoLateRecordRestoresIt() {
        Ask before = ask("before");
        FlightRef late = flight(before, 1);
        begin(late, before);
        Ask answered = answer("answered");
        Ask delete = ask("delete");
        FlightRef deletion = flight(delete, 1);
        assertThat(memory.delete(deletion)).isTrue();

        assertThat(redis.template.hasKey(keys.context())).isFalse();
        assertThat(redis.template.hasKey(keys.history())).isFalse();
        assertThat(redis.template.hasKey(keys.request(answered.requestId()))).isFalse();
        assertThat(commit(late, before)).isEqualTo(new SettleResult.TurnLost());
        assertThat(begin(late, before)).isEqualTo(new MemoryResult.Erased());
        assertThat(memory.delete(deletion)).as("repeated call").isTrue();

        answer("after");
        assertThat(questions(memory)).as("history of the next life").containsExactly("after");
    }

    /**
     * A gateway that doesn't know if a question was logged publishes it again, so a duplicate may follow a deletion.
     */
    @Test
    void runsNoDuplicateOfAnErasedTurnInTheNextLife() {
        Ask ask = answer("erased");
        memory.delete(flight(ask("delete"), 1));
        assertThat(begin(flight(ask, 1), ask)).as("its duplicate").isEqualTo(new MemoryResult.Erased());

        answer("after");
        memory.delete(flight(ask("delete"), 1));
        assertThat(begin(flight(ask, 1), ask)).as("two lives later").isEqualTo(new MemoryResult.Erased());
        assertThat(questions(memory)).isEmpty();
    }

    /** Gateways read these ids, because neither the deletion nor the requests that it erased have a record. */
    @Test
    void namesADeletionAndTheRequestsThatItErased() {
        Ask erased = answer("erased");
        Ask delete = ask("delete");
        memory.delete(flight(delete, 1));
        assertThat(redis.template.opsForHash().get(keys.tombstone(), "erased"))
                .isEqualTo(delete.requestId() + " " + erased.requestId() + " ");
    }

    @Test
    void doesNotReportAnExpiredRecordAsLost() {
        Ask ask = ask("old");
        redis.template.opsForZSet().add(keys.requestIds(), ask.requestId().toString(), 1);
        for (boolean tooOld : List.of(true, false)) {
            assertThat(memory.begin(new BeginRequest(
                            flight(ask, 1), ask, Map.of(), null, tooOld, true, false, 0, Duration.ZERO, null)))
                    .isEqualTo(new MemoryResult.DataMissing(!tooOld));
            assertThat(memory.decide(new BusyArrival(flight(ask, 1), ask, null, tooOld, false, List.of())))
                    .isEqualTo(new MemoryResult.DataMissing(!tooOld));
        }
    }

    @Test
    void startsTheNextLifeWithAQuestionAskedBeforeTheDeletion() {
        Ask early = ask("asked before", Instant.now().minusSeconds(5), null);
        answer("erased");
        memory.delete(flight(ask("delete"), 1));
        assertThat(begin(flight(early, 1), early)).isInstanceOf(RunTurn.class);
    }

    @Test
    void namesTheNewestErasedRequestsOnly() {
        for (int i = 0; i < 300; i++) {
            redis.template.opsForZSet().add(keys.requestIds(), UUID.randomUUID().toString(), i);
        }
        memory.delete(flight(ask("delete"), 1));
        Object names = redis.template.opsForHash().get(keys.tombstone(), "erased");
        assertThat(String.valueOf(names).split(" ")).hasSize(256);
    }

    @Test
    void runsARecordOfARecreatedTopicDespiteItsLowerOffset() {
        Ask delete = ask("delete");
        offset = 1_000;
        memory.delete(flight(delete, 1));
        offset = 0;
        Ask ask = ask("in a new log");
        FlightRef before = flight(ask, 1);
        FlightRef later = new FlightRef(
                session, ask.requestId(), "f", 1, 0, 0, Instant.now().plus(Duration.ofHours(2)));
        assertThat(begin(before, ask)).isEqualTo(new MemoryResult.Erased());
        assertThat(begin(later, ask)).isInstanceOf(RunTurn.class);
    }

    @Test
    void leavesOutADamagedTurnAndUsesTheRest() {
        damaged.clear();
        answer("one");
        answer("two");
        byte[] key = keys.history().getBytes();
        redis.template.execute((org.springframework.data.redis.core.RedisCallback<Object>) connection -> {
            byte[] blob = connection.listCommands().lIndex(key, 0);
            blob[blob.length / 2] ^= 1;
            connection.listCommands().lSet(key, 0, blob);
            return null;
        });
        RedisSessionMemory fresh = memory(new SessionCache(10, Duration.ofMinutes(5)), LIMITS);
        Ask ask = ask("next");
        RunTurn run = (RunTurn) fresh.begin(beginning(flight(ask, 1), ask));
        assertThat(run.memory().damaged()).isTrue();
        assertThat(run.memory().turns()).extracting(PastTurn::question).containsExactly("two");
        assertThat(damaged).containsExactly(DamageObserver.DamagedValue.TURN);
    }

    @Test
    void reportsATurnWithADamagedAnswerAsFailed() {
        damaged.clear();
        Ask ask = answer("one");
        redis.template.opsForHash().put(keys.request(ask.requestId()), "answer", "not what was sealed");
        AlreadyEnded ended = (AlreadyEnded) begin(flight(ask, 1), ask);
        assertThat(ended.ending().status()).isEqualTo(RequestStatus.FAILED);
        assertThat(ended.ending().error()).isEqualTo(MemoryErrors.UNREADABLE);
        assertThat(ended.ending().quarantined())
                .as("its copy is not in quarantine yet")
                .isFalse();
        assertThat(damaged).containsExactly(DamageObserver.DamagedValue.ANSWER);
    }
}
