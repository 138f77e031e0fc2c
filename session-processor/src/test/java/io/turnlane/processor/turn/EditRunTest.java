package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionState;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.store.memory.EditResult;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Commands that change a session without calling an agent. */
class EditRunTest extends TurnTests {

    private static final SessionId TARGET = new SessionId("s-2");

    private final List<PastTurn> past = List.of(past("one"), past("two"), past("three"));

    @Test
    void changesTheSessionAndCompletesWithoutEvents() {
        assertThat(run(update())).isEqualTo(LaneOutcome.DONE);
        assertThat(edits.calls).containsExactly("update");
        assertThat(claim.completed).isEqualTo(1);
        assertThat(events).isEmpty();
    }

    @Test
    void waitsIfDataWasLostAndRulesOutALossAfterwards() {
        edits.results.add(new MemoryResult.DataMissing(false));
        lost.lost = true;
        assertThat(run(update())).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(claim.completed).isZero();

        edits.results.add(new MemoryResult.DataMissing(false));
        assertThat(run(update())).isEqualTo(LaneOutcome.DONE);
        assertThat(edits.calls).containsExactly("update", "update", "update sure");
    }

    @Test
    void leavesALostSessionToTheNextOwnerIfThePartitionLeftBeforeItWasRestored() {
        edits.results.add(new MemoryResult.DataMissing(true));
        lost.onRebuild = () -> {
            claim.held = false;
            return RestoreResult.FENCED;
        };
        assertThat(run(update())).isEqualTo(LaneOutcome.DONE);
        assertThat(edits.calls).containsExactly("update");
        assertThat(claim.released).isOne();
        assertThat(claim.completed).isZero();
    }

    @Test
    void requestsANewerFenceIfItsWriteIsRejected() {
        edits.results.add(new MemoryResult.Fenced());
        assertThat(run(update())).isInstanceOf(LaneOutcome.RunAgain.class);
        assertThat(claim.completed).isZero();
        assertThat(claim.renewals).isEqualTo(1);
    }

    @Test
    void publishesTheCopyBeforeTheForkIsComplete() {
        edits.results.add(taken(past));
        ForkSession fork = fork(past.get(1).requestId());
        assertThat(run(fork)).isEqualTo(LaneOutcome.DONE);
        assertThat(edits.calls).containsExactly("take", "published", "taken");
        assertThat(commands).singleElement().satisfies(command -> {
            ImportSession copy = (ImportSession) command;
            assertThat(copy.key().sessionId()).isEqualTo(TARGET);
            assertThat(copy.requestId()).isEqualTo(fork.requestId());
            assertThat(copy.state().turns()).extracting(PastTurn::question).containsExactly("one", "two");
            assertThat(copy.state().requestCount()).isEqualTo(2);
            assertThat(copy.forkOf()).isEqualTo(new ImportSession.ForkOrigin(SESSION, fork.afterRequestId()));
        });
        assertThat(claim.completed).isEqualTo(1);
    }

    @Test
    void releasesTheTargetSessionIfTheTurnIsNotInHistory() {
        edits.results.add(taken(past));
        assertThat(run(fork(new RequestId(UUID.randomUUID())))).isEqualTo(LaneOutcome.DONE);
        assertThat(commands).isEmpty();
        assertThat(edits.calls).containsExactly("take", "taken not_found", "free");
    }

    @Test
    void releasesTheTargetSessionAgainIfTheProcessorCrashedBefore() {
        edits.results.add(new EditResult.EditEnded(true)); // as left by an earlier flight
        assertThat(run(fork(past.getFirst().requestId()))).isEqualTo(LaneOutcome.DONE);
        assertThat(edits.calls).containsExactly("take", "free");
    }

    @Test
    void leavesOutTheOldestTurnsOfACopyThatIsTooLargeForARecord() {
        String large = "x".repeat(1_400_000);
        List<PastTurn> turns = List.of(past(large), past(large), past("last"));
        edits.results.add(taken(turns));
        run(fork(turns.getLast().requestId()));
        ImportSession copy = (ImportSession) commands.getFirst();
        assertThat(copy.state().turns()).containsExactlyElementsOf(turns.subList(1, 3));
        assertThat(copy.state().requestCount())
                .as("turns that were left out are counted, too")
                .isEqualTo(3);
    }

    private LaneOutcome run(SessionChange command) {
        claim.value = wire.write(command);
        return run(new Turn(
                command.key(),
                command.requestId(),
                new Turn.Envelope(command.type(), WireFormat.SCHEMA_VERSION, null),
                0,
                7,
                NOW,
                claim));
    }

    private static UpdateSession update() {
        return new UpdateSession(id(), SESSION, null, NOW, null, Map.of("a", 1), null);
    }

    private static ForkSession fork(RequestId after) {
        return new ForkSession(id(), SESSION, null, NOW, after, TARGET);
    }

    private static EditResult taken(List<PastTurn> turns) {
        return new EditResult.SnapshotTaken(
                new SessionState("test", Map.of(), Duration.ofHours(1), NOW, 0, Duration.ZERO, turns));
    }

    static PastTurn past(String question) {
        return new PastTurn(
                id(), RequestStatus.COMPLETED, question, question, null, List.of(), Duration.ofMillis(5), NOW);
    }

    private static RequestId id() {
        return new RequestId(UUID.randomUUID());
    }
}
