package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.TopicPlan;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.RetryableAgentException;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.lane.LaneOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class TurnRunnerTest extends TurnTests {

    @Test
    void completesTheOffsetAfterStoringAndPublishingTheAnswer() {
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
    void publishesTheStoredResultAgainWithoutCallingTheAgent() {
        run();
        events.clear();
        run();
        assertThat(types()).containsExactly("completed");
        assertThat(calls).hasValue(1);
        assertThat(claim.completed).isEqualTo(2);
    }

    @Test
    void retriesAFailingAgentWithBackOffAndThenFails() {
        agent = (question, remembered, sink) -> {
            throw new IllegalStateException("secret");
        };
        assertThat(run())
                .isInstanceOfSatisfying(
                        LaneOutcome.RunAgain.class,
                        again -> assertThat(again.delay()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1)));
        assertThat(run())
                .isInstanceOfSatisfying(
                        LaneOutcome.RunAgain.class,
                        again -> assertThat(again.delay()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2)));
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
    void retriesAnErrorOfTheAgentThatClientsMaySee() {
        agent = (question, remembered, sink) -> {
            throw new RetryableAgentException(ErrorCode.AGENT_TIMEOUT, "no answer for 30 s");
        };
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Retrying.class,
                        retrying -> assertThat(retrying.error())
                                .isEqualTo(new TurnError("agent_timeout", "no answer for 30 s")));
    }

    @Test
    void doesNotRetryATerminalError() {
        agent = (question, remembered, sink) -> {
            throw new TerminalAgentException(ErrorCode.USAGE_LIMIT, "enough");
        };
        run();
        assertThat(types()).containsExactly("started", "failed");
        assertThat(events.getLast().body()).isEqualTo(new TurnEvent.Failed(new TurnError("usage_limit", "enough")));
    }

    @Test
    void failsATurnForAnUnknownAgent() {
        Ask other = new Ask(
                ask.requestId(),
                SESSION,
                null,
                "nobody",
                "?",
                Map.of(),
                Duration.ofHours(1),
                NOW,
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
        run(turn(other, wire.write(other)));
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Failed.class,
                        failed -> assertThat(failed.error().code()).isEqualTo("unknown_agent"));
    }

    @Test
    void failsAnAnswerThatIsTooLargeWholeOrInPieces() {
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

    /** Otherwise, Kafka would reject the event, and clients would miss the artifact without an error. */
    @Test
    void failsAnAnswerWhoseArtifactsAreTooLargeWhileTheAgentWorks() {
        agent = (question, remembered, sink) -> {
            for (int i = 0; i < 20 && !Thread.currentThread().isInterrupted(); i++) {
                sink.artifact(Map.of("table", "x".repeat(100_000)));
            }
            return Answer.ofText("done");
        };
        run();
        assertThat(reports.getLast().code()).isEqualTo("answer_too_large");
        assertThat(events)
                .filteredOn(event -> event.body() instanceof TurnEvent.ArtifactMade)
                .hasSize(5);
    }

    @Test
    void waitsForUnavailableMemory() {
        memory.failNext(5);
        run();
        assertThat(types()).containsExactly("started", "completed");
        assertThat(calls).hasValue(1);
    }

    @Test
    void completesOnlyAfterTheTerminalEventIsAcknowledged() {
        logFailures = 3;
        claim.whenCompleted = () -> assertThat(events).as("published before").hasSize(5);
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).containsExactly("started", "completed", "completed", "completed", "completed");
        assertThat(claim.completed).isEqualTo(1);
    }

    @Test
    void leavesTheTurnToItsNextOwnerIfThePartitionLeftWhileMemoryWasUnavailable() {
        memory.failNext(1);
        claim.held = false;
        run();
        assertThat(claim.released).isEqualTo(1);
        assertThat(events).isEmpty();
    }

    @Test
    void requestsANewerFenceIfItsOwnIsRejected() {
        memory.setFenced(ask);
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(claim.renewals).isEqualTo(1);
        assertThat(calls).hasValue(0);
    }

    @Test
    void requestsANewerFenceIfTheDeletionOfASessionIsRejected() {
        memory.setFenced(ask);
        DeleteSession deletion = new DeleteSession(new RequestId(UUID.randomUUID()), SESSION, null, NOW);
        claim.value = wire.write(deletion);
        assertThat(run(new Turn(
                        deletion.key(),
                        deletion.requestId(),
                        new Turn.Envelope(DeleteSession.TYPE, WireFormat.SCHEMA_VERSION, null),
                        0,
                        8,
                        NOW,
                        claim)))
                .isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(claim.renewals).isOne();
        assertThat(claim.completed).isZero();
    }

    @Test
    void runsATurnAgainAfterAnUnexpectedException() {
        memory.breakNext();
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(claim.released).as("the turn is not dropped").isZero();
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(types()).endsWith("completed");
    }

    @Test
    void quarantinesARecordWhoseHeadersContradictItsValue() {
        run(turn(ask("another turn"), wire.write(ask)));
        assertThat(quarantined)
                .singleElement()
                .satisfies(copy -> assertThat(copy.error().code()).isEqualTo("unreadable_record"));
        assertThat(claim.completed).isEqualTo(1);
        assertThat(calls).hasValue(0);
    }

    @Test
    void bindsTheCurrentTurnDuringTheAgentsCallOnly() {
        List<CurrentTurn> seen = new ArrayList<>();
        agent = (question, remembered, sink) -> {
            seen.add(CurrentTurn.get().orElseThrow());
            return Answer.ofText("because");
        };
        run();
        assertThat(seen).containsExactly(new CurrentTurn(ask.requestId(), SESSION, null, 1, TRACE));
        assertThat(CurrentTurn.get()).isEmpty();
    }

    @Test
    void hidesInterruptedTurnsFromAgents() {
        PastTurn interrupted = new PastTurn(
                ask.requestId(), RequestStatus.CANCELLED, "never mind", null, null, List.of(), Duration.ZERO, NOW);
        memory.remember(ask.key(), interrupted);
        agent = (question, remembered, sink) ->
                Answer.ofText("I see " + remembered.turns().size());
        run();
        assertThat(memory.history(ask.key()).getLast().answer()).isEqualTo("I see 0");
    }

    /** Uses control characters, which take six bytes of JSON each. */
    @Test
    void fitsTheLargestAnswerIntoOneRecordEvenIfItsTextIsEscaped() {
        Answer largest = new Answer(
                "\u0001".repeat(262_144), null, List.of(), List.of(Map.of("rows", "x".repeat(524_288 - 20))), null);
        agent = (question, remembered, sink) -> largest;
        run();
        assertThat(types()).endsWith("completed");
        assertThat(wire.write(events.getLast()).length).isBetween(6 * 262_144, TopicPlan.MAX_RECORD_BYTES);
    }

    @Test
    void storesTheOffsetAtWhichStreamsOfTheTurnStart() {
        run();
        assertThat(memory.eventsFrom(ask.requestId())).isEqualTo(42);
    }

    @Test
    void copiesAFailedTurnToQuarantineOnceEvenIfItIsDeliveredAgain() {
        agent = (question, remembered, sink) -> {
            throw new TerminalAgentException(ErrorCode.USAGE_LIMIT, "enough");
        };
        run();
        run();
        assertThat(quarantined).hasSize(1);
        assertThat(types()).containsExactly("started", "failed", "failed");
        assertThat(reports).extracting(TurnReport::outcome).containsExactly("failed", "republished");
    }

    @Test
    void copiesAFailedTurnToQuarantineAgainIfItsPartitionLeftBeforeKafkaAcknowledgedTheCopy() {
        agent = (question, remembered, sink) -> {
            throw new TerminalAgentException(ErrorCode.USAGE_LIMIT, "enough");
        };
        quarantineResult = () -> {
            claim.held = false;
            return CompletableFuture.failedFuture(new TimeoutException());
        };
        run();
        assertThat(claim.released).isOne();
        claim.held = true;
        quarantineResult = () -> CompletableFuture.completedFuture(null);
        run();
        assertThat(quarantined).hasSize(2);
        assertThat(types()).containsExactly("started", "failed");
    }

    @Test
    void failsTheRequestOfARecordThatCannotBeRead() {
        run(turn(ask, "not json".getBytes(StandardCharsets.UTF_8)));
        assertThat(quarantined).hasSize(1);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.FAILED);
        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event.body())
                        .isInstanceOfSatisfying(
                                TurnEvent.Failed.class,
                                failed -> assertThat(failed.error().code()).isEqualTo("unreadable_record")));
        assertThat(claim.completed).isEqualTo(1);
    }

    @Test
    void waitsForAnUnavailableLogToReadItsTurnAgain() {
        claim.unavailable = 3;
        run();
        assertThat(types()).containsExactly("started", "completed");
    }

    @Test
    void doesNotLetTheNextTurnOvertakeAfterAnError() {
        memory.duringCommit(() -> {
            throw new StackOverflowError();
        });
        assertThat(run()).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(claim.released + claim.completed).isZero();
    }

    @Test
    void expiresATurnWhoseRecordTheLogHasDeleted() {
        claim.gone = true;
        run();
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Failed.class,
                        failed -> assertThat(failed.error().code()).isEqualTo("expired"));
        assertThat(claim.completed).isEqualTo(1);
    }
}
