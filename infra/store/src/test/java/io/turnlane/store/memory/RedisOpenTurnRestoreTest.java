package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.RecalledSession.Life;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Restore of questions that have not ended. */
class RedisOpenTurnRestoreTest extends RedisRestoreTests {

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
    void changesOnlyTheAttemptOfARunningTurn() {
        Ask ask = earlier("runs");
        FlightRef flight = flight(ask, 1);
        memory.begin(beginning(flight, ask));
        restoreOpen(new OpenTurn(ask, flight.offset(), now, null, 4, Map.of(), null));
        assertThat(redis.template.opsForHash().get(keys.request(ask.requestId()), "status"))
                .isEqualTo("running");
        memory.fail(flight, TurnError.of(ErrorCode.AGENT_ERROR, "no"), false, Usage.NONE, Map.of());
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
        assertThat(memory.fail(flight, TurnError.of(ErrorCode.AGENT_ERROR, "no"), true, Usage.NONE, Map.of()))
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
}
