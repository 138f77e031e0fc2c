package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import io.turnlane.store.memory.BeginResult.RunTurn;
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

/** Base of the tests of {@link RedisSessionRestore}. */
abstract class RedisRestoreTests extends RedisMemoryTests {

    static final int PARTITION = 0;
    final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    final RedisSessionRestore restore = new RedisSessionRestore(redis.template, LIMITS, new WireFormat(), damaged::add);

    RestoreResult restore(long fence, EndedTurn... turns) {
        return restore(fence, List.of(), turns);
    }

    RestoreResult restore(long fence, List<OpenTurn> open, EndedTurn... turns) {
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

    EndedTurn answered(String question) {
        return ended(earlier(question), now.minusSeconds(60).plusMillis(offset), Answer.ofText("a: " + question), null);
    }

    EndedTurn failed(String question) {
        return ended(earlier(question), now.minusSeconds(60), null, TurnError.of(ErrorCode.AGENT_ERROR, "no"));
    }

    EndedTurn ended(Ask ask, Instant at, Answer answer, TurnError error) {
        RequestStatus status = answer == null ? RequestStatus.FAILED : RequestStatus.COMPLETED;
        return new EndedTurn(
                ask, ask.question(), offset++, now, 1, at, at, answer, error, status, null, Usage.NONE, List.of());
    }

    void commit(String question) {
        Ask ask = earlier(question);
        FlightRef flight = flight(ask, 1);
        memory.begin(beginning(flight, ask));
        assertThat(memory.commit(flight, pastNow(ask), Answer.ofText("a: " + question), Map.of()))
                .isInstanceOf(SettleResult.Stored.class);
    }

    PastTurn pastNow(Ask ask) {
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

    RunTurn begin(String question) {
        return begin(question, 1);
    }

    RunTurn begin(String question, long fence) {
        Ask ask = earlier(question);
        return (RunTurn) memory.begin(beginning(flight(ask, fence), ask));
    }

    List<String> questions() {
        return begin("looks").memory().turns().stream().map(PastTurn::question).toList();
    }

    BeginRequest beginning(Ask ask, long at) {
        return beginning(new FlightRef(session, ask.requestId(), "f", 1, PARTITION, at, now), ask);
    }

    Ask earlier(String question) {
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
