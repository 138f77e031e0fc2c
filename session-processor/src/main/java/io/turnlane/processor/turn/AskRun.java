package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.memory.Begun;
import io.turnlane.processor.memory.Begun.Ending;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.Settled;
import io.turnlane.processor.turn.AgentCall.Result;
import io.turnlane.processor.turn.Patience.ClaimLostException;
import io.turnlane.processor.turn.TurnKit.Ports;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of one question, from the lane to its end: begin in memory, call the agent, store what came of it, tell the
 * clients, and only then complete the offset (O9). Used by one thread, once.
 *
 * <p>Each step may be interrupted by death at any point; {@code docs/architecture.md} goes through them.
 */
final class AskRun {

    /** A store that loses a turn this often between two steps is not a store. */
    private static final int MOST_LOSSES = 5;

    private final TurnKit kit;
    private final Ports ports;
    private final Patience patience;
    private final Flight flight;
    private final Turn turn;
    private final Ask ask;
    private final Map<Phase, Instant> phases = new EnumMap<>(Phase.class);

    AskRun(TurnKit kit, Patience patience, Flight flight, Ask ask) {
        this.kit = kit;
        this.ports = kit.ports();
        this.patience = patience;
        this.flight = flight;
        this.turn = flight.turn();
        this.ask = ask;
    }

    /**
     * Runs it.
     *
     * @throws ClaimLostException where the partition left before the end was known
     */
    LaneOutcome run() {
        phases.put(Phase.RECEIVED, ask.createdAt());
        phases.put(Phase.QUEUED, turn.loggedAt());
        passed(Phase.DEQUEUED);
        return switch (begin()) {
            case Begun.Run run -> fly(run);
            case Begun.Ended ended -> tellAgain(ended.ending());
            case Begun.Fenced _ -> renewFence(0);
            case Begun.Erased _ -> erased();
        };
    }

    private Begun begin() {
        boolean tooOld = turn.loggedAt().isBefore(now().minus(kit.rules().keptFor()));
        Begun begun = askMemory(() -> ports.memory().begin(ref(), ask, phases, tooOld));
        phases.putIfAbsent(Phase.SESSION_ALLOCATED, now());
        return begun;
    }

    private LaneOutcome fly(Begun.Run run) {
        TurnStream stream = streamOf(run.attempt());
        stream.started();
        passed(Phase.PROVIDER_CALL_START);
        Result result = new AgentCall(kit, flight, ask, run).call(stream);
        passed(Phase.PROVIDER_CALL_END);
        stream.close();
        return switch (result) {
            case Result.Answered answered -> store(run, stream, answered.answer());
            case Result.Failed failed -> fail(run, stream, failed.error(), failed.last());
            case Result.Released _ -> release(run);
        };
    }

    private LaneOutcome store(Begun.Run run, TurnStream stream, Answer answer) {
        PastTurn past = pastTurn(answer);
        phases.put(Phase.SESSION_RELEASED, past.timestamp()); // in the record the commit's time stands for both
        phases.put(Phase.COMPLETED, past.timestamp());
        return switch (commit(past, answer)) {
            case Settled.Stored _ -> completed(run, stream, answer);
            case Settled.Ended ended -> tellAgain(ended.ending());
            case Settled.Fenced _ -> renewFence(run.attempt());
            case Settled.Erased _ -> erased();
            case Settled.Gone _ -> throw new IllegalStateException("memory keeps forgetting this turn");
        };
    }

    /** Memory that was lost in between is begun again with the same flight: the answer at hand is not made twice. */
    private Settled commit(PastTurn past, Answer answer) {
        Settled settled = askMemory(() -> ports.memory().commit(ref(), past, answer, phases));
        for (int tries = 0; settled instanceof Settled.Gone && tries < MOST_LOSSES; tries++) {
            settled = switch (begin()) {
                case Begun.Run _ -> askMemory(() -> ports.memory().commit(ref(), past, answer, phases));
                case Begun.Ended ended -> new Settled.Ended(ended.ending());
                case Begun.Fenced _ -> new Settled.Fenced();
                case Begun.Erased _ -> new Settled.Erased();
            };
        }
        return settled;
    }

    private LaneOutcome completed(Begun.Run run, TurnStream stream, Answer answer) {
        passed(Phase.SESSION_RELEASED);
        publish(stream, new TurnEvent.Completed(answer));
        passed(Phase.COMPLETED);
        report(RequestStatus.COMPLETED.wire(), "", run.attempt());
        return TurnRunner.complete(turn);
    }

    private LaneOutcome fail(Begun.Run run, TurnStream stream, TurnError error, boolean hopeless) {
        passed(Phase.ERROR);
        int failures = run.failures() + 1;
        boolean last = hopeless || kit.rules().retries().exhaustedBy(failures);
        Settled settled = askMemory(() -> ports.memory().fail(ref(), error, last, phases));
        return switch (settled) {
            case Settled.Stored _ when last -> failed(stream, run.attempt(), error);
            case Settled.Stored _ -> retry(stream, run.attempt(), failures, error);
            case Settled.Ended ended -> tellAgain(ended.ending());
            case Settled.Fenced _ -> renewFence(run.attempt());
            case Settled.Erased _ -> erased();
            case Settled.Gone _ -> new LaneOutcome.Again(Duration.ZERO);
        };
    }

    private LaneOutcome failed(TurnStream stream, int attempt, TurnError error) {
        tellFailed(stream, attempt, error);
        report(RequestStatus.FAILED.wire(), error.code(), attempt);
        return TurnRunner.complete(turn);
    }

    /** The copy in quarantine first: whoever hears of the failure can look at it. */
    private void tellFailed(TurnStream stream, int attempt, TurnError error) {
        patience.publish(
                turn.claim(), () -> ports.quarantine().publish(turn.claim().quarantined(error, attempt)));
        publish(stream, new TurnEvent.Failed(error));
    }

    private LaneOutcome retry(TurnStream stream, int attempt, int failures, TurnError error) {
        Duration wait =
                kit.rules().retries().backOff(failures, kit.surroundings().random());
        var _ = stream.last(new TurnEvent.Retrying(error, now().plus(wait)));
        report(RequestStatus.RETRYING.wire(), error.code(), attempt);
        return new LaneOutcome.Again(wait);
    }

    private LaneOutcome release(Begun.Run run) {
        askMemory(() -> {
            ports.memory().release(ref());
            return true;
        });
        report("released", "", run.attempt());
        turn.claim().letGo();
        return LaneOutcome.DONE;
    }

    /** The turn has ended before: its stored end is told again, and the agent isn't called (O4). */
    private LaneOutcome tellAgain(Ending ending) {
        TurnStream stream = streamOf(ending.attempt());
        switch (ending.status()) {
            case COMPLETED -> publish(stream, endOf(ending));
            case FAILED -> tellFailed(stream, ending.attempt(), errorOf(ending));
            case QUEUED, RUNNING, RETRYING, CANCELLED, SUPERSEDED, REJECTED ->
                throw new IllegalStateException("no turn ends as " + ending.status());
        }
        report("told_again", ending.error() == null ? "" : ending.error().code(), ending.attempt());
        return TurnRunner.complete(turn);
    }

    private static TurnEvent.Body endOf(Ending ending) {
        Answer answer = ending.answer();
        return answer == null ? new TurnEvent.Failed(errorOf(ending)) : new TurnEvent.Completed(answer);
    }

    private static TurnError errorOf(Ending ending) {
        @Nullable TurnError error = ending.error();
        return error == null
                ? TurnError.of(ErrorCode.UNREADABLE_RECORD, "The stored answer can't be read any more.")
                : error;
    }

    private LaneOutcome renewFence(int attempt) {
        report("fenced", "", attempt);
        return TurnRunner.renewFence(turn);
    }

    private LaneOutcome erased() {
        report("erased", "", 0);
        return TurnRunner.complete(turn);
    }

    private PastTurn pastTurn(Answer answer) {
        Instant now = now();
        return new PastTurn(
                ask.requestId(),
                RequestStatus.COMPLETED,
                ask.question(),
                answer.text(),
                answer.confidence(),
                answer.sources(),
                Duration.between(ask.createdAt(), now),
                now);
    }

    private TurnStream streamOf(int attempt) {
        return new TurnStream(turn, ask, attempt, kit, () -> flight.stop(Flight.Stop.TOO_LARGE));
    }

    private void publish(TurnStream stream, TurnEvent.Body last) {
        patience.publish(turn.claim(), () -> stream.last(last));
    }

    private <T> T askMemory(Supplier<T> step) {
        return patience.ask(turn.claim(), step);
    }

    private FlightRef ref() {
        return TurnRunner.refOf(turn, flight);
    }

    private void passed(Phase phase) {
        phases.put(phase, now());
    }

    private Instant now() {
        return kit.surroundings().clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void report(String outcome, String code, int attempt) {
        ports.observer()
                .ended(new TurnReport(turn.session(), ask.requestId(), ask.agent(), outcome, code, attempt, phases));
    }
}
