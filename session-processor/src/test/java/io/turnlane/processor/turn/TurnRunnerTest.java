package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.ManualDelay;
import io.turnlane.processor.memory.FakeSessionMemory;
import io.turnlane.processor.quarantine.QuarantinedTurn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnRunnerTest {

    private static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
    private static final SessionId SESSION = new SessionId("s-1");

    private final WireFormat wire = new WireFormat();
    private final FakeSessionMemory memory = new FakeSessionMemory();
    private final ManualDelay delay = new ManualDelay();
    private final List<TurnEvent> events = new ArrayList<>();
    private final List<QuarantinedTurn> quarantined = new ArrayList<>();
    private final List<TurnReport> reports = new ArrayList<>();
    private final Flights flights = new Flights();
    private final AtomicInteger calls = new AtomicInteger();
    private final Ask ask = ask("why?");
    private final FakeClaim claim = new FakeClaim();
    private int logFailures;
    private Agent agent = (question, remembered, sink) -> Answer.ofText("because");

    @Test
    void answersStoresTellsAndOnlyThenCompletes() {
        agent = (question, remembered, sink) -> {
            sink.stage("thinking");
            sink.delta("because");
            return Answer.ofText("because");
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "stage", "delta", "completed");
        assertThat(events).extracting(TurnEvent::seq).containsExactly(0, 1, 2, 3);
        assertThat(memory.history(ask.key())).singleElement().satisfies(turn -> {
            assertThat(turn.question()).isEqualTo("why?");
            assertThat(turn.answer()).isEqualTo("because");
        });
        assertThat(claim.completed).isEqualTo(1);
        assertThat(reports).singleElement().satisfies(report -> {
            assertThat(report.outcome()).isEqualTo("completed");
            assertThat(report.phases()).containsKeys(Phase.RECEIVED, Phase.SESSION_ALLOCATED, Phase.COMPLETED);
        });
    }

    @Test
    void tellsTheStoredEndAgainAndNeverCallsTheAgent() {
        run();
        events.clear();
        run();
        assertThat(types()).containsExactly("completed");
        assertThat(calls).hasValue(1);
        assertThat(claim.completed).isEqualTo(2);
    }

    @Test
    void retriesAFailingAgentWithBackOffAndThenGivesUp() {
        agent = (question, remembered, sink) -> {
            throw new IllegalStateException("secret");
        };
        assertThat(run())
                .isInstanceOfSatisfying(
                        LaneOutcome.Again.class,
                        again -> assertThat(again.after()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1)));
        assertThat(run())
                .isInstanceOfSatisfying(
                        LaneOutcome.Again.class,
                        again -> assertThat(again.after()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2)));
        assertThat(claim.completed).isZero();
        assertThat(run()).isEqualTo(LaneOutcome.DONE);

        assertThat(types()).containsExactly("started", "retrying", "started", "retrying", "started", "failed");
        assertThat(events).extracting(TurnEvent::attempt).containsExactly(1, 1, 2, 2, 3, 3);
        assertThat(events.toString()).doesNotContain("secret");
        assertThat(quarantined).singleElement().satisfies(copy -> {
            assertThat(copy.error().code()).isEqualTo("agent_error");
            assertThat(copy.attempts()).isEqualTo(3);
        });
        assertThat(claim.completed).isEqualTo(1);
        assertThat(memory.history(ask.key())).isEmpty();
    }

    @Test
    void doesNotRetryWhatIsTerminal() {
        agent = (question, remembered, sink) -> {
            throw new TerminalAgentException(ErrorCode.USAGE_LIMIT, "enough");
        };
        run();
        assertThat(types()).containsExactly("started", "failed");
        assertThat(events.getLast().body()).isEqualTo(new TurnEvent.Failed(new TurnError("usage_limit", "enough")));
    }

    @Test
    void failsATurnForAnUnknownAgent() {
        Ask other = new Ask(ask.requestId(), SESSION, null, "nobody", "?", Map.of(), Duration.ofHours(1), NOW);
        run(turn(other, wire.write(other)));
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Failed.class,
                        failed -> assertThat(failed.error().code()).isEqualTo("unknown_agent"));
    }

    @Test
    void interruptsAnAgentThatTakesTooLong() {
        agent = (question, remembered, sink) -> {
            delay.pass(Duration.ofSeconds(300));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            throw new InterruptedException();
        };
        assertThat(run()).isInstanceOf(LaneOutcome.Again.class);
        assertThat(Thread.currentThread().isInterrupted())
                .as("the interrupt ends with the agent")
                .isFalse();
        assertThat(reports.getLast().code()).isEqualTo("agent_timeout");
    }

    @Test
    void failsAnAnswerThatIsTooLargeHoweverItComes() {
        agent = (question, remembered, sink) -> Answer.ofText("x".repeat(300_000));
        run();
        assertThat(reports.getLast().code()).isEqualTo("answer_too_large");

        agent = (question, remembered, sink) -> {
            for (int i = 0; i < 300 && !Thread.currentThread().isInterrupted(); i++) {
                sink.delta("y".repeat(1_000));
            }
            throw new InterruptedException();
        };
        Ask endless = ask("endless");
        run(turn(endless, wire.write(endless)));
        assertThat(reports.getLast().code()).isEqualTo("answer_too_large");
        assertThat(memory.status(endless.requestId())).isEqualTo(RequestStatus.FAILED);
    }

    @Test
    void givesBackATurnWhosePartitionLeavesWhileTheAgentWorks() {
        agent = (question, remembered, sink) -> {
            flights.release(turn -> true);
            sink.delta("nobody is to read this as an end");
            throw new InterruptedException();
        };
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(claim.letGo).isEqualTo(1);
        assertThat(claim.completed).isZero();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.QUEUED);
        assertThat(types()).doesNotContain("completed", "failed");
    }

    @Test
    void storesAnAnswerThatIsThereAlthoughItsPartitionLeaves() {
        agent = (question, remembered, sink) -> {
            flights.release(turn -> true);
            return Answer.ofText("because");
        };
        run();
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
    }

    @Test
    void waitsForMemoryThatIsAway() {
        memory.failNext(5);
        run();
        assertThat(types()).containsExactly("started", "completed");
        assertThat(calls).hasValue(1);
    }

    @Test
    void doesNotAskTheAgentTwiceWhenMemoryWasLostMeanwhile() {
        memory.loseBeforeCommit();
        run();
        assertThat(calls).hasValue(1);
        assertThat(memory.history(ask.key())).hasSize(1);
        assertThat(types()).endsWith("completed");
    }

    @Test
    void completesOnlyWhenTheLogHasTheEnd() {
        logFailures = 3;
        run();
        assertThat(types()).containsExactly("started", "completed", "completed", "completed", "completed");
        assertThat(claim.completed).isEqualTo(1);
    }

    @Test
    void leavesTheTurnToItsNextOwnerWhenThePartitionLeftWhileMemoryWasAway() {
        memory.failNext(1);
        claim.held = false;
        run();
        assertThat(claim.letGo).isEqualTo(1);
        assertThat(events).isEmpty();
    }

    @Test
    void asksForANewerFenceWhereItsOwnIsRefused() {
        memory.fence();
        assertThat(run()).isInstanceOf(LaneOutcome.Again.class);
        assertThat(claim.renewals).isEqualTo(1);
        assertThat(calls).hasValue(0);
    }

    @Test
    void runsATurnAgainThatBrokeByAMistakeOfOurs() {
        memory.breakNext();
        assertThat(run()).isInstanceOf(LaneOutcome.Again.class);
        assertThat(claim.letGo).as("the turn isn't dropped").isZero();
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).endsWith("completed");
    }

    @Test
    void putsAsideWhatItsHeadersDoNotMatch() {
        run(turn(ask("another turn"), wire.write(ask)));
        assertThat(quarantined)
                .singleElement()
                .satisfies(copy -> assertThat(copy.error().code()).isEqualTo("unreadable_record"));
        assertThat(claim.completed).isEqualTo(1);
        assertThat(calls).hasValue(0);
    }

    @Test
    void tellsTheAgentWhichTurnItServesAndForgetsItAfterwards() {
        List<CurrentTurn> seen = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            seen.add(CurrentTurn.get().orElseThrow());
            return Answer.ofText("because");
        };
        run();
        assertThat(seen).containsExactly(new CurrentTurn(ask.requestId(), SESSION, null, 1));
        assertThat(CurrentTurn.get()).isEmpty();
    }

    @Test
    void gathersSmallPiecesIntoFewerEvents() {
        agent = (question, remembered, sink) -> {
            for (String piece : List.of("a", "b", "c", "d")) {
                sink.delta(piece);
            }
            delay.pass(Duration.ofMillis(15));
            sink.delta("e");
            return Answer.ofText("abcde");
        };
        run();
        assertThat(deltas()).containsExactly("a", "bcd", "e");
        assertThat(events.stream()
                        .filter(event -> event.body() instanceof TurnEvent.Delta)
                        .map(event -> ((TurnEvent.Delta) event.body()).pos()))
                .containsExactly(0, 1, 4);
    }

    @Test
    void neverCutsACharacterInTwo() {
        String smileys = "😀".repeat(5_000);
        agent = (question, remembered, sink) -> {
            sink.delta("x" + smileys);
            return Answer.ofText("x" + smileys);
        };
        run();
        assertThat(deltas())
                .hasSizeGreaterThan(1)
                .allSatisfy(piece -> assertThat(piece.getBytes().length).isLessThanOrEqualTo(16_384));
        assertThat(String.join("", deltas())).isEqualTo("x" + smileys);
        assertThat(deltas()).noneMatch(piece -> Character.isLowSurrogate(piece.charAt(0)));
    }

    private LaneOutcome run() {
        return run(turn(ask, wire.write(ask)));
    }

    private LaneOutcome run(Turn turn) {
        AgentFactory factory = new AgentFactory() {
            @Override
            public AgentDescription description() {
                return new AgentDescription("test", "", List.of());
            }

            @Override
            public Agent create() {
                calls.incrementAndGet();
                return agent;
            }
        };
        TurnKit kit = new TurnKit(
                new TurnKit.Ports(
                        memory,
                        new AgentCatalog(List.of(factory)),
                        (session, partition, event) -> {
                            events.add(event);
                            return event.body().terminal() && logFailures-- > 0
                                    ? CompletableFuture.failedFuture(new TimeoutException())
                                    : CompletableFuture.completedFuture(null);
                        },
                        copy -> {
                            quarantined.add(copy);
                            return CompletableFuture.completedFuture(null);
                        },
                        reports::add,
                        wire),
                new TurnKit.Rules(
                        new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(30)),
                        new AnswerLimits(262_144, 524_288, 16_384, Duration.ofMillis(15), Duration.ofSeconds(300)),
                        Duration.ofDays(7)),
                new TurnKit.Surroundings(InstantSource.fixed(NOW), delay, Runnable::run, time -> {}, new Random(1)));
        return new TurnRunner(kit, flights).run(turn.session(), turn);
    }

    private Turn turn(Ask header, byte[] value) {
        return new Turn(header.key(), header.requestId(), Ask.TYPE, value, 0, 7, NOW, claim);
    }

    private static Ask ask(String question) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                SESSION,
                null,
                "test",
                question,
                Map.of(),
                Duration.ofHours(1),
                NOW.minusMillis(20));
    }

    private List<String> types() {
        return events.stream().map(event -> event.body().type()).toList();
    }

    private List<String> deltas() {
        return events.stream()
                .map(TurnEvent::body)
                .filter(TurnEvent.Delta.class::isInstance)
                .map(body -> ((TurnEvent.Delta) body).text())
                .toList();
    }
}
