package io.turnlane.processor.turn;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionState;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.commands.CommandPublisher;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.processor.turn.TurnEnds.TurnEnd;
import io.turnlane.store.memory.EditResult;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionEdits;
import io.turnlane.store.memory.SessionEdits.EditConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands that change their session and call no agent: update, import and fork. Thread-safe.
 *
 * <p>A fork involves two sessions, which have separate lanes and, on a Redis Cluster, possibly separate nodes. When the
 * fork is at the head of the source session's lane, this class copies the session and publishes the copy as an import
 * command of the target session. The fork is complete when Kafka has acknowledged this command and the result is
 * stored. If the processor crashes after the publication but before the fork is complete, the fork is delivered again
 * and its copy is published twice. The target's lane recognises the duplicate by its request id.
 *
 * @param tooOld matches turns that are so old that their request record can have expired
 */
record EditRunner(
        SessionEdits edits,
        CommandPublisher commands,
        WireFormat wire,
        TurnEnds ends,
        StepRetrier retrier,
        Predicate<Turn> tooOld) {

    private static final Logger log = LoggerFactory.getLogger(EditRunner.class);

    /**
     * Maximum total size of the turns in a copy, in bytes of JSON. The copy must fit in one record. If the turns are
     * larger, the oldest ones are left out.
     */
    private static final int MAX_COPY_BYTES = 3 * 1024 * 1024;

    private static final TurnError TURN_NOT_FOUND =
            TurnError.of(ErrorCode.NOT_FOUND, "The session's history does not contain the turn to fork after.");
    private static final TurnError NOTHING_COPIED = TurnError.of(
            ErrorCode.NOT_FOUND,
            "Nothing was copied because the fork failed. The request in the source session has the cause.");

    LaneOutcome run(Flight flight, SessionChange command) {
        Turn turn = flight.turn();
        return new EditRun(turn, flight.ref(), ends.of(turn, flight.id(), retrier, "", Map.of()), command).run();
    }

    /**
     * If the turn is a fork, releases the session id that the fork reserved. If the fork failed before it published its
     * copy, nothing else would release the id.
     */
    void abandonFork(Turn turn) {
        try {
            if (ForkSession.TYPE.equals(turn.envelope().type())
                    && retrier.readCommand(turn, wire) instanceof ForkSession fork) {
                abandon(turn, fork);
            }
        } catch (UnreadableRecordException | RecordGoneException e) {
            log.atWarn()
                    .addKeyValue("request", turn.requestId())
                    .log("the session reserved by a failed fork cannot be released; the reservation expires");
        }
    }

    private void abandon(Turn turn, ForkSession fork) {
        retrier.run(turn.claim(), () -> edits.abandonFork(fork, NOTHING_COPIED));
    }

    /** A flight (execution in a lane) of a command. Only the lane thread of the flight uses this object. */
    private final class EditRun {

        private final Turn turn;
        private final FlightRef ref;
        private final TurnEnd end;
        private final SessionChange command;

        private EditRun(Turn turn, FlightRef ref, TurnEnd end, SessionChange command) {
            this.turn = turn;
            this.ref = ref;
            this.end = end;
            this.command = command;
        }

        private LaneOutcome run() {
            return handle(retry(() -> edit(false)));
        }

        private LaneOutcome handle(EditResult result) {
            return switch (result) {
                case EditResult.SnapshotTaken taken -> publishCopy((ForkSession) command, taken.state());
                case MemoryResult.DataMissing missing ->
                    retrier.mustWaitForRebuild(turn, missing.sessionLost())
                            ? TurnEnds.awaitRebuild()
                            : handle(retry(() -> edit(true)));
                case MemoryResult.NotOwned notOwned -> end.notOwned(notOwned, 0);
                case EditResult.EditEnded ended -> complete(ended.failed());
            };
        }

        private EditResult edit(boolean lossRuledOut) {
            EditConditions conditions = new EditConditions(tooOld.test(turn), lossRuledOut);
            return switch (command) {
                case UpdateSession update -> edits.update(ref, update, conditions);
                case ImportSession importCommand -> edits.replace(ref, importCommand, conditions);
                case ForkSession fork -> edits.snapshot(ref, fork, conditions);
            };
        }

        private LaneOutcome publishCopy(ForkSession fork, SessionState state) {
            Optional<SessionState> copy = copyUpTo(fork.afterRequestId(), state, fork);
            copy.ifPresent(taken -> retrier.publish(turn.claim(), () -> commands.publish(importOf(fork, taken))));
            TurnError error = copy.isPresent() ? null : TURN_NOT_FOUND;
            return handle(retry(() -> edits.completeFork(ref, fork, error)));
        }

        private LaneOutcome complete(boolean failed) {
            if (failed && command instanceof ForkSession fork) {
                abandon(turn, fork);
            }
            return end.complete(failed ? "refused" : "edited", "", 0);
        }

        private EditResult retry(Supplier<EditResult> step) {
            return retrier.call(turn.claim(), step);
        }
    }

    private static ImportSession importOf(ForkSession fork, SessionState copy) {
        return new ImportSession(
                fork.requestId(),
                fork.into(),
                fork.userId(),
                fork.createdAt(),
                copy,
                new ImportSession.ForkOrigin(fork.sessionId(), fork.afterRequestId()));
    }

    private Optional<SessionState> copyUpTo(RequestId last, SessionState state, ForkSession fork) {
        List<PastTurn> turns = new ArrayList<>();
        for (PastTurn past : state.turns()) {
            turns.add(past);
            if (past.requestId().equals(last)) {
                List<PastTurn> kept = newestThatFit(turns);
                Duration processingTime =
                        turns.stream().map(PastTurn::processingTime).reduce(Duration.ZERO, Duration::plus);
                return Optional.of(new SessionState(
                        state.agent(),
                        state.metadata(),
                        state.agentStates(),
                        state.ttl(),
                        fork.createdAt(),
                        turns.size(),
                        processingTime,
                        kept));
            }
        }
        return Optional.empty();
    }

    private List<PastTurn> newestThatFit(List<PastTurn> turns) {
        List<PastTurn> kept = new ArrayList<>();
        long bytes = 0;
        for (PastTurn past : turns.reversed()) {
            bytes += wire.writeValue(past).length;
            if (bytes > MAX_COPY_BYTES && !kept.isEmpty()) {
                break;
            }
            kept.addFirst(past);
        }
        return kept;
    }
}
