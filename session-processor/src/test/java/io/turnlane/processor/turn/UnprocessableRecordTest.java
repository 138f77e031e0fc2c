package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionState;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.events.RecordTooLargeForLogException;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.store.memory.EditResult;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records whose processing always throws: they end as failed after a few attempts, whatever their type. */
class UnprocessableRecordTest extends TurnTests {

    @ParameterizedTest
    @MethodSource("commands")
    void failsACommandOfAnyTypeThatThrowsWheneverItIsProcessed(SessionCommand command) {
        throwOnEveryStep();
        List<Duration> delays = runUntilDone(command);
        assertThat(delays).as("two retries with growing delays").hasSize(2);
        assertThat(delays.get(0)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(delays.get(1)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(memory.status(command.requestId())).isEqualTo(RequestStatus.FAILED);
        assertThat(quarantined).singleElement().satisfies(UnprocessableRecordTest::isPoison);
        assertThat(events.getLast().body())
                .isInstanceOfSatisfying(
                        TurnEvent.Failed.class,
                        failed -> assertThat(failed.error().code()).isEqualTo("poison"));
        assertThat(claim.completed).isEqualTo(1);
        assertThat(reports).last().extracting(TurnReport::outcome).isEqualTo("poison");
    }

    @Test
    void releasesTheSessionThatAFailedForkWasToCreate() {
        edits.failWith(() -> new DateTimeException("out of range"));
        runUntilDone(fork());
        assertThat(edits.calls).containsExactly("free");
    }

    @Test
    void failsAForkWhoseCopyIsLargerThanTheLogAllows() {
        SessionState state = state();
        edits.results.add(new EditResult.SnapshotTaken(state));
        commandResult = CompletableFuture.failedFuture(new RecordTooLargeForLogException(new IllegalStateException()));
        for (int i = 0; i < 2; i++) {
            edits.results.add(new EditResult.SnapshotTaken(state));
        }
        ForkSession fork = new ForkSession(
                id(), SESSION, null, NOW, state.turns().getFirst().requestId(), new SessionId("s-2"));
        assertThat(runUntilDone(fork)).hasSize(2);
        assertThat(memory.status(fork.requestId())).isEqualTo(RequestStatus.FAILED);
        assertThat(edits.calls).endsWith("free");
    }

    @Test
    void publishesAFailureThatMemoryCannotStore() {
        memory.breakAlways();
        runUntilDone(ask);
        assertThat(quarantined).singleElement().satisfies(UnprocessableRecordTest::isPoison);
        assertThat(types()).containsExactly("failed");
        assertThat(claim.completed).isEqualTo(1);
    }

    @Test
    void keepsRetryingWhileTheStoreIsUnavailable() {
        memory.failNext(20);
        assertThat(run()).isEqualTo(LaneOutcome.DONE);
        assertThat(memory.status(ask.requestId())).isEqualTo(RequestStatus.COMPLETED);
        assertThat(quarantined).isEmpty();
    }

    private static Stream<SessionCommand> commands() {
        RequestId id = id();
        return Stream.of(
                ask("why?"),
                new UpdateSession(id, SESSION, null, NOW, null, Map.of("a", 1), null),
                new ImportSession(id, SESSION, null, NOW, state(), null),
                fork(),
                new DeleteSession(id, SESSION, null, NOW),
                new RebuildSession(id, SESSION, null, NOW));
    }

    private void throwOnEveryStep() {
        memory.breakUntilGivenUp();
        edits.failWith(() -> new ArithmeticException("long overflow"));
        lost.rebuildFailure = new IllegalArgumentException("not a value");
    }

    /** Returns the delays between the attempts. */
    private List<Duration> runUntilDone(SessionCommand command) {
        claim.value = wire.write(command);
        Turn turn = new Turn(
                command.key(),
                command.requestId(),
                new Turn.Envelope(command.type(), WireFormat.SCHEMA_VERSION, 42L),
                0,
                7,
                NOW,
                claim);
        List<Duration> delays = new ArrayList<>();
        while (delays.size() < 100 && run(turn) instanceof LaneOutcome.RunAgain again) {
            delays.add(again.delay());
        }
        return delays;
    }

    private static void isPoison(QuarantinedTurn copy) {
        assertThat(copy.error()).extracting(TurnError::code).isEqualTo("poison");
        assertThat(copy.attempts()).isEqualTo(3);
    }

    private static ForkSession fork() {
        return new ForkSession(id(), SESSION, null, NOW, id(), new SessionId("s-2"));
    }

    private static SessionState state() {
        return new SessionState(
                "test", Map.of(), Duration.ofHours(1), NOW, 0, Duration.ZERO, List.of(EditRunTest.past("one")));
    }

    private static RequestId id() {
        return new RequestId(UUID.randomUUID());
    }
}
