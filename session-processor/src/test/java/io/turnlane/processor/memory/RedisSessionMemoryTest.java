package io.turnlane.processor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.MemoryKeys;
import io.turnlane.model.PastTurn;
import io.turnlane.model.ProcessorFigures;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.memory.Begun.Ended;
import io.turnlane.processor.memory.Begun.Ending;
import io.turnlane.processor.memory.Begun.Run;
import io.turnlane.processor.memory.SessionMemory.Beginning;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisSessionMemoryTest {

    private static final MemoryLimits LIMITS = new MemoryLimits(
            3, 100_000, Duration.ofHours(24), Duration.ofDays(7), 3, Duration.ofMinutes(10), Duration.ofHours(1));
    private static final TurnError ERROR = TurnError.of(ErrorCode.AGENT_ERROR, "no");

    private static TestRedis redis;

    private final SessionKey session = SessionKey.of(null, SessionId.random());
    private final MemoryKeys keys = new MemoryKeys(session);
    private final SessionCache cache = new SessionCache(100, Duration.ofMinutes(5));
    private final RedisSessionMemory memory = memory(cache, LIMITS);
    private long offset;

    @BeforeAll
    static void connect() {
        redis = new TestRedis();
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @Test
    void remembersAnsweredTurnsInOrder() {
        answer("one");
        answer("two");
        assertThat(questions(memory)).containsExactly("one", "two");
        assertThat(questions(memory(new SessionCache(100, Duration.ofMinutes(5)), LIMITS)))
                .as("read by a processor that knows nothing yet")
                .containsExactly("one", "two");
        assertThat(context("request_count")).isEqualTo("2");
        assertThat(context("total_processing_time")).isEqualTo("24");
        assertThat(redis.template.getExpire(keys.history())).isBetween(3500L, 3600L);
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
                cache,
                new MemoryLimits(
                        10,
                        400,
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        3,
                        Duration.ofMinutes(10),
                        Duration.ofHours(1)));
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
    void fetchesHistoryOnlyWhereItsCopyIsNotCurrent() {
        answer("one");
        answer("two");
        answer("three");
        assertThat(cache.figures())
                .as("only the first turn had to fetch")
                .isEqualTo(new ProcessorFigures.Cache(1, 100, 2, 1));

        cache.put(session, new SessionCache.Entry("of another life", Memory.EMPTY), Duration.ofHours(1));
        assertThat(questions(memory)).as("a stale copy is never used").containsExactly("one", "two", "three");
    }

    @Test
    void neverTakesACopyOfAnEarlierLifeForTheCurrentOne() {
        answer("one");
        SessionCache elsewhere = new SessionCache(10, Duration.ofMinutes(5));
        RedisSessionMemory other = memory(elsewhere, LIMITS);
        Ask delete = ask("delete");
        other.delete(flight(delete, 1));
        Ask ask = ask("in a new life");
        FlightRef flight = flight(ask, 1);
        other.begin(beginning(flight, ask));
        other.commit(flight, past(ask), Answer.ofText("a"), Map.of());
        assertThat(questions(memory)).as("as many commits as before").containsExactly("in a new life");
    }

    @Test
    void fetchesAheadOfTheTurn() {
        answer("one");
        SessionCache other = new SessionCache(10, Duration.ofMinutes(5));
        RedisSessionMemory elsewhere = memory(other, LIMITS);
        elsewhere.prefetch(session);
        assertThat(questions(elsewhere)).containsExactly("one");
        assertThat(other.figures().hits()).isEqualTo(1);
    }

    @Test
    void countsTheSameFlightOnce() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        assertThat(begin(flight, ask)).isEqualTo(new Run(1, 0, null, Memory.EMPTY));
        assertThat(begin(flight, ask)).isEqualTo(new Run(1, 0, null, Memory.EMPTY));
        assertThat(request(ask, "crashes")).isEqualTo("0");
    }

    @Test
    void storesAnAnswerOnceHoweverOftenItIsSent() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        for (int i = 0; i < 3; i++) {
            assertThat(commit(flight, ask)).isEqualTo(new Settled.Stored());
        }
        assertThat(questions(memory)).containsExactly("?");
        assertThat(context("request_count")).isEqualTo("1");
    }

    @Test
    void givesTheStoredAnswerToARedeliveredTurn() {
        Ask ask = answer("?");
        assertThat(begin(flight(ask, 2), ask))
                .isEqualTo(new Ended(new Ending(RequestStatus.COMPLETED, 1, Answer.ofText("a: ?"), null, false)));
    }

    @Test
    void refusesAnOlderFenceOnceANewerOneHasBegun() {
        Ask ask = ask("?");
        FlightRef frozen = flight(ask, 1);
        begin(frozen, ask);
        FlightRef successor = flight(ask, 2);
        assertThat(begin(successor, ask)).isInstanceOf(Run.class);

        assertThat(commit(frozen, ask)).isEqualTo(new Settled.Fenced());
        assertThat(memory.fail(frozen, ERROR, true, Map.of())).isEqualTo(new Settled.Fenced());
        assertThat(memory.delete(frozen)).isFalse();
        memory.release(frozen);
        assertThat(begin(frozen, ask)).isEqualTo(new Begun.Fenced());
        assertThat(request(ask, "status")).isEqualTo("running");

        assertThat(commit(successor, ask)).isEqualTo(new Settled.Stored());
        assertThat(commit(frozen, ask)).isInstanceOf(Settled.Ended.class);
        assertThat(questions(memory)).containsExactly("?");
    }

    @Test
    void refusesAnOlderFlightOfTheSameOwner() {
        Ask ask = ask("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        begin(flight(ask, 1), ask);
        assertThat(commit(first, ask)).isEqualTo(new Settled.Fenced());
        assertThat(memory.fail(first, ERROR, true, Map.of())).isEqualTo(new Settled.Fenced());
    }

    @Test
    void givesUpATurnThatEndedItsProcessorThreeTimes() {
        Ask ask = ask("?");
        for (int crash = 0; crash < 3; crash++) {
            assertThat(begin(flight(ask, crash), ask)).isInstanceOf(Run.class);
        }
        assertThat(begin(flight(ask, 4), ask)).isInstanceOfSatisfying(Ended.class, ended -> {
            assertThat(ended.ending().status()).isEqualTo(RequestStatus.FAILED);
            assertThat(ended.ending().error().code()).isEqualTo("poison");
        });
        assertThat(redis.template.opsForZSet().size(keys.open())).isZero();
    }

    @Test
    void runsATurnAloneWhereOneCrashMoreWouldBeItsLast() {
        Ask ask = ask("?");
        begin(flight(ask, 1), ask);
        begin(flight(ask, 2), ask);
        FlightRef third = flight(ask, 3);
        Beginning beside = new Beginning(third, ask, Map.of(), null, false, false);
        assertThat(memory.begin(beside)).isEqualTo(new Begun.Suspect());
        assertThat(memory.begin(beside)).as("it waits for as long as it takes").isEqualTo(new Begun.Suspect());
        assertThat(request(ask, "crashes")).as("and nothing is counted").isEqualTo("1");
        assertThat(begin(third, ask)).isInstanceOf(Run.class);
        assertThat(request(ask, "crashes")).isEqualTo("2");
    }

    @Test
    void takesACrashBackWhereTheNextOwnerWasFasterThanTheRelease() {
        Ask ask = ask("?");
        FlightRef revoked = flight(ask, 1);
        begin(revoked, ask);
        FlightRef next = flight(ask, 2);
        begin(next, ask);
        assertThat(request(ask, "crashes")).isEqualTo("1");
        memory.release(revoked);
        memory.release(revoked);
        assertThat(request(ask, "crashes")).isEqualTo("0");
        assertThat(request(ask, "status")).isEqualTo("running");
        assertThat(commit(next, ask)).isEqualTo(new Settled.Stored());
    }

    @Test
    void takesTheCrashesOfAllBackThatOnlySlept() {
        Ask ask = ask("?");
        FlightRef first = flight(ask, 1);
        FlightRef second = flight(ask, 2);
        begin(first, ask);
        begin(second, ask);
        begin(flight(ask, 3), ask);
        assertThat(request(ask, "crashes")).isEqualTo("2");
        memory.release(first);
        memory.release(first);
        assertThat(request(ask, "crashes")).isEqualTo("1");
        assertThat(commit(second, ask)).as("it comes too late, but it comes").isEqualTo(new Settled.Fenced());
        assertThat(request(ask, "crashes")).isEqualTo("0");
    }

    @Test
    void endsATurnAtItsDeadlineByTheClockOfRedis() {
        Ask late = ask("late", Instant.now().minusSeconds(10), Duration.ofSeconds(5));
        assertThat(begin(flight(late, 1), late))
                .isInstanceOfSatisfying(
                        Ended.class,
                        ended -> assertThat(ended.ending().error().code()).isEqualTo("deadline_exceeded"));
        Ask early = ask("early", Instant.now(), Duration.ofSeconds(500));
        assertThat(begin(flight(early, 1), early))
                .isInstanceOfSatisfying(
                        Run.class,
                        run -> assertThat(run.timeLeft()).isBetween(Duration.ofSeconds(490), Duration.ofSeconds(501)));
    }

    @Test
    void letsHistoryLiveAsLongAsItsSessionAlsoWhereATurnIsGivenUp() {
        answer("one");
        Ask late = ask("late", Instant.now().minusSeconds(10), Duration.ofSeconds(5));
        redis.template.expire(keys.history(), Duration.ofSeconds(7));
        begin(flight(late, 1), late);
        assertThat(redis.template.getExpire(keys.history())).isEqualTo(redis.template.getExpire(keys.context()));
    }

    @Test
    void leavesLaterAsksOpenWhereTheSessionIsDeleted() {
        Ask later = ask("later");
        FlightRef deletion = flight(ask("delete"), 1);
        begin(flight(later, 1), later);
        memory.delete(deletion);
        assertThat(request(later, "status")).isEqualTo("running");
    }

    @Test
    void capsTheLifeOfATurn() {
        Ask ask = ask("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        memory.release(first);
        String longAgo =
                Long.toString(Instant.now().minus(Duration.ofMinutes(61)).toEpochMilli());
        redis.template.opsForHash().put(keys.request(ask.requestId()), "begun_at", longAgo);
        FlightRef second = flight(ask, 1);
        Duration away = Duration.ofMinutes(5);
        assertThat(memory.begin(new Beginning(second, ask, Map.of(), null, false, true, true, 0, away)))
                .as("waiting for Redis doesn't count")
                .isInstanceOf(Run.class);
        memory.release(second);
        redis.template.opsForHash().put(keys.request(ask.requestId()), "begun_at", longAgo);
        assertThat(begin(flight(ask, 1), ask))
                .isInstanceOfSatisfying(
                        Ended.class,
                        ended -> assertThat(ended.ending().error().code()).isEqualTo("expired"));
    }

    @Test
    void keepsWhereStreamsStartUnlessTheGatewayWroteItBefore() {
        Ask ask = ask("?");
        memory.begin(new Beginning(flight(ask, 1), ask, Map.of(), 42L, false, true));
        memory.begin(new Beginning(flight(ask, 1), ask, Map.of(), 77L, false, true));
        assertThat(request(ask, "events_from")).isEqualTo("42");
    }

    @Test
    void endsTheRequestOfARecordThatCannotBeReadUnlessItHasEnded() {
        Ask unreadable = ask("?");
        FlightRef flight = flight(unreadable, 2);
        Ended ended = new Ended(new Ending(RequestStatus.FAILED, 0, null, ERROR, false));
        assertThat(memory.refuse(flight, ERROR)).isEqualTo(ended);
        memory.quarantined(flight);
        assertThat(memory.refuse(flight, ERROR))
                .isEqualTo(new Ended(new Ending(RequestStatus.FAILED, 0, null, ERROR, true)));
        assertThat(memory.refuse(flight(ask("older"), 1), ERROR)).isInstanceOf(Ended.class);

        Ask answered = answer("fine");
        assertThat(memory.refuse(flight(answered, 2), ERROR))
                .as("it isn't taken back")
                .isInstanceOfSatisfying(
                        Ended.class, end -> assertThat(end.ending().status()).isEqualTo(RequestStatus.COMPLETED));
        begin(flight(ask("newer owner"), 5), ask("newer owner"));
        assertThat(memory.refuse(flight(ask("by a frozen one"), 1), ERROR)).isEqualTo(new Begun.Fenced());
    }

    @Test
    void countsNoCrashForAFlightThatWasGivenBack() {
        Ask ask = ask("?");
        for (int i = 1; i <= 5; i++) {
            FlightRef flight = flight(ask, i);
            assertThat(begin(flight, ask)).isEqualTo(new Run(i, 0, null, Memory.EMPTY));
            memory.release(flight);
            assertThat(request(ask, "status")).isEqualTo("queued");
        }
        assertThat(request(ask, "crashes")).isEqualTo("0");
    }

    @Test
    void countsFailuresApartFromAttempts() {
        Ask ask = ask("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        assertThat(memory.fail(first, ERROR, false, Map.of())).isEqualTo(new Settled.Stored());
        assertThat(memory.fail(first, ERROR, false, Map.of())).as("sent again").isEqualTo(new Settled.Stored());
        assertThat(request(ask, "status")).isEqualTo("retrying");

        FlightRef second = flight(ask, 1);
        assertThat(begin(second, ask)).isEqualTo(new Run(2, 1, null, Memory.EMPTY));
        assertThat(memory.fail(second, ERROR, true, Map.of())).isEqualTo(new Settled.Stored());
        assertThat(begin(flight(ask, 1), ask))
                .isEqualTo(new Ended(new Ending(RequestStatus.FAILED, 2, null, ERROR, false)));
        assertThat(questions(memory)).as("memory keeps no half turn").isEmpty();
        assertThat(redis.template.opsForZSet().size(keys.open()))
                .as("only the turn that just looked is open")
                .isOne();
    }

    @Test
    void expiresARecordWhoseAnswerWasForgottenLongAgo() {
        Ask ask = ask("?");
        assertThat(memory.begin(new Beginning(flight(ask, 1), ask, Map.of(), null, true, false)))
                .isInstanceOfSatisfying(
                        Ended.class,
                        ended -> assertThat(ended.ending().error().code()).isEqualTo("expired"));
    }

    @Test
    void refusesAnOlderFenceAlsoWhereTheContextHasExpiredMeanwhile() {
        Ask ask = ask("?");
        FlightRef frozen = flight(ask, 1);
        begin(frozen, ask);
        begin(flight(ask, 2), ask);
        redis.template.delete(List.of(keys.context(), keys.history()));
        assertThat(commit(frozen, ask)).isEqualTo(new Settled.Gone());
        assertThat(begin(frozen, ask)).isEqualTo(new Begun.Fenced());
    }

    @Test
    void keepsAShortLivedSessionWhileItsTurnRuns() {
        Ask ask = new Ask(
                new RequestId(UUID.randomUUID()),
                session.sessionId(),
                null,
                "echo",
                "?",
                Map.of(),
                Duration.ofSeconds(5),
                Instant.now());
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        assertThat(redis.template.getExpire(keys.context())).isBetween(590L, 600L);
        commit(flight, ask);
        assertThat(redis.template.getExpire(keys.context())).isBetween(1L, 5L);
    }

    @Test
    void saysThatItKnowsNothingAnyMore() {
        Ask ask = ask("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        redis.template.delete(List.of(keys.context(), keys.history(), keys.request(ask.requestId())));
        assertThat(commit(flight, ask)).isEqualTo(new Settled.Gone());
        begin(flight, ask);
        assertThat(commit(flight, ask)).isEqualTo(new Settled.Stored());
        assertThat(questions(memory)).containsExactly("?");
    }

    @Test
    void forgetsADeletedSessionAndLetsNothingLateBringItBack() {
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
        assertThat(commit(late, before)).isEqualTo(new Settled.Gone());
        assertThat(begin(late, before)).isEqualTo(new Begun.Erased());
        assertThat(memory.delete(deletion)).as("again").isTrue();

        answer("after");
        assertThat(questions(memory)).as("a new life").containsExactly("after");
    }

    @Test
    void takesARecordOfATopicMadeAnewForWhatItIs() {
        Ask delete = ask("delete");
        offset = 1_000;
        memory.delete(flight(delete, 1));
        offset = 0;
        Ask ask = ask("in a new log");
        FlightRef before = flight(ask, 1);
        FlightRef later = new FlightRef(
                session, ask.requestId(), "f", 1, 0, 0, Instant.now().plus(Duration.ofHours(2)));
        assertThat(begin(before, ask)).isEqualTo(new Begun.Erased());
        assertThat(begin(later, ask)).isInstanceOf(Run.class);
    }

    @Test
    void setsADamagedTurnAsideAndUsesTheRest() {
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
        Run run = (Run) fresh.begin(beginning(flight(ask, 1), ask));
        assertThat(run.memory().damaged()).isTrue();
        assertThat(run.memory().turns()).extracting(PastTurn::question).containsExactly("two");
    }

    private Ask answer(String question) {
        Ask ask = ask(question);
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        assertThat(commit(flight, ask)).isEqualTo(new Settled.Stored());
        return ask;
    }

    private static Beginning beginning(FlightRef flight, Ask ask) {
        return new Beginning(flight, ask, Map.of(), null, false, true);
    }

    private Begun begin(FlightRef flight, Ask ask) {
        return memory.begin(beginning(flight, ask));
    }

    private Settled commit(FlightRef flight, Ask ask) {
        return memory.commit(flight, past(ask), Answer.ofText("a: " + ask.question()), Map.of());
    }

    private List<String> questions(SessionMemory of) {
        Ask ask = ask("looks");
        FlightRef flight = flight(ask, Long.MAX_VALUE / 4096);
        if (!(of.begin(beginning(flight, ask)) instanceof Run run)) {
            throw new AssertionError("can't look");
        }
        redis.template.opsForHash().put(keys.context(), "fence", "1");
        of.release(flight);
        return run.memory().turns().stream().map(PastTurn::question).toList();
    }

    private Ask ask(String question) {
        return ask(question, Instant.now(), null);
    }

    private Ask ask(String question, Instant at, Duration deadline) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                session.sessionId(),
                null,
                "echo",
                question,
                Map.of(),
                Duration.ofHours(1),
                at,
                deadline);
    }

    private FlightRef flight(Ask ask, long fence) {
        return new FlightRef(session, ask.requestId(), UUID.randomUUID().toString(), fence, 0, offset++, Instant.now());
    }

    private static PastTurn past(Ask ask) {
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

    private Object context(String field) {
        return redis.template.opsForHash().get(keys.context(), field);
    }

    private Object request(Ask ask, String field) {
        return redis.template.opsForHash().get(keys.request(ask.requestId()), field);
    }

    private static RedisSessionMemory memory(SessionCache cache, MemoryLimits limits) {
        return new RedisSessionMemory(redis.template, cache, limits, new WireFormat(), "p-test");
    }
}
