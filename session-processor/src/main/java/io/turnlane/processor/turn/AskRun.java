package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
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
import io.turnlane.processor.memory.SessionMemory.Beginning;
import io.turnlane.processor.memory.Settled;
import io.turnlane.processor.turn.AgentCall.Result;
import io.turnlane.processor.turn.Patience.ClaimLostException;
import io.turnlane.processor.turn.TurnKit.Ports;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private static final Duration UNTIL_ALONE = Duration.ofMillis(500);

    private static final Duration SOON = Duration.ofMillis(50);

    private final TurnKit kit;
    private final Ports ports;
    private final Patience patience;
    private final Flight flight;
    private final Turn turn;
    private final Ask ask;
    private final TurnEnd end;
    private final Map<Phase, Instant> phases = new EnumMap<>(Phase.class);
    private boolean sure;
    private int settles;

    AskRun(TurnKit kit, Patience patience, Flight flight, Ask ask) {
        this.kit = kit;
        this.ports = kit.ports();
        this.patience = patience.of(flight);
        this.flight = flight;
        this.turn = flight.turn();
        this.ask = ask;
        this.end = new TurnEnd(kit, this.patience, turn, flight.id());
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
        return begun(begin(false));
    }

    private LaneOutcome begun(Begun begun) {
        return switch (begun) {
            case Begun.Run run -> fly(run);
            case Begun.Missed missed -> waitOrBeSure(missed);
            case Begun.Suspect _ -> runAlone();
            case Begun.Unwanted _ -> cancelBegun();
            case Begun.Leaving leaving -> TurnRunner.awaitOther(leaving);
            case Begun.Ended ended -> tellAgain(ended.ending());
            case Begun.Fenced _ -> renewFence(0);
            case Begun.Erased _ -> erased();
        };
    }

    /** Memory that was lost is rebuilt first; what isn't there though nothing was lost is made. */
    private LaneOutcome waitOrBeSure(Begun.Missed missed) {
        if (ports.lostMemory().missed(turn.claim(), missed.session())) {
            return new LaneOutcome.Again(TurnRunner.WHILE_REBUILT);
        }
        sure = true;
        return begun(begin(false));
    }

    /** One suspect at a time: should the processor crash once more, only that one can be the killer. */
    private LaneOutcome runAlone() {
        if (!kit.surroundings().isolation().tryAcquire()) {
            return new LaneOutcome.Again(UNTIL_ALONE);
        }
        try {
            return begun(begin(true));
        } finally {
            kit.surroundings().isolation().release();
        }
    }

    private Begun begin(boolean alone) {
        Instant asked = now();
        Begun begun = askMemory(() -> ports.memory()
                .begin(new Beginning(
                        ref(),
                        ask,
                        phases,
                        turn.envelope().eventsFrom(),
                        kit.tooOld(turn),
                        alone,
                        sure,
                        settles,
                        Duration.between(asked, now()))));
        phases.putIfAbsent(Phase.SESSION_ALLOCATED, now());
        return begun;
    }

    private LaneOutcome fly(Begun.Run run) {
        Ask whole = ask.behind(run.absorbed());
        TurnStream stream = streamOf(run.attempt());
        passed(Phase.PROVIDER_CALL_START);
        Result result = new AgentCall(kit, flight, whole, run).call(stream);
        passed(Phase.PROVIDER_CALL_END);
        stream.close();
        return switch (result) {
            case Result.Answered answered -> store(run, stream, whole.question(), answered.answer());
            case Result.Failed failed -> fail(run, stream, failed.error(), failed.last());
            case Result.Released _ -> release(run);
            case Result.Cancelled _ -> cancel(run);
        };
    }

    private LaneOutcome store(Begun.Run run, TurnStream stream, String question, Answer answer) {
        PastTurn past = pastTurn(question, answer);
        phases.put(Phase.SESSION_RELEASED, past.timestamp()); // in the record the commit's time stands for both
        phases.put(Phase.COMPLETED, past.timestamp());
        Settled settled = settle(run, () -> ports.memory().commit(ref(), past, answer, phases));
        return settled instanceof Settled.Stored ? completed(run, stream, answer) : otherwise(settled, run);
    }

    private LaneOutcome completed(Begun.Run run, TurnStream stream, Answer answer) {
        passed(Phase.SESSION_RELEASED);
        end.tellCompleted(stream, answer);
        passed(Phase.COMPLETED);
        report(RequestStatus.COMPLETED.wire(), "", run.attempt());
        return TurnRunner.complete(turn);
    }

    private LaneOutcome fail(Begun.Run run, TurnStream stream, TurnError error, boolean hopeless) {
        passed(Phase.ERROR);
        int failures = run.failures() + 1;
        boolean last = hopeless || kit.rules().retries().exhaustedBy(failures);
        Settled settled = settle(run, () -> ports.memory().fail(ref(), error, last, phases));
        if (!(settled instanceof Settled.Stored)) {
            return otherwise(settled, run);
        }
        return last ? failed(run, stream, error) : retry(run, stream, failures, error);
    }

    /** The flight ends its own run. */
    private LaneOutcome cancel(Begun.Run run) {
        passed(Phase.ERROR);
        PastTurn past = interrupted(ask.behind(run.absorbed()).question());
        return otherwise(settle(run, () -> ports.memory().cancel(ref(), past, false, phases)), run);
    }

    /** Nobody wanted it any more when it was to begin, perhaps again: what an earlier flight left is over too. */
    private LaneOutcome cancelBegun() {
        passed(Phase.ERROR);
        return switch (askMemory(this::takeOverAndCancel)) {
            case Settled.Ended ended -> tellEnd(ended.ending());
            case Settled.Fenced _ -> renewFence(0);
            case Settled.Erased _ -> erased();
            case Settled.Gone _, Settled.Unwanted _, Settled.Stored _ -> new LaneOutcome.Again(SOON);
        };
    }

    /** Whatever flight its record names, or none where memory was lost under this one. */
    private Settled takeOverAndCancel() {
        return ports.memory().cancel(ref(), interrupted(ask.question()), true, phases);
    }

    private LaneOutcome failed(Begun.Run run, TurnStream stream, TurnError error) {
        end.tellFailed(stream, run.attempt(), error, false);
        report(RequestStatus.FAILED.wire(), error.code(), run.attempt());
        return TurnRunner.complete(turn);
    }

    private LaneOutcome retry(Begun.Run run, TurnStream stream, int failures, TurnError error) {
        Duration backOff =
                kit.rules().retries().backOff(failures, kit.surroundings().random());
        Duration wait = shorter(backOff, timeLeft(run));
        var _ = stream.last(new TurnEvent.Retrying(error, now().plus(wait)));
        report(RequestStatus.RETRYING.wire(), error.code(), run.attempt());
        return new LaneOutcome.Again(wait);
    }

    /** Until its deadline, less what the agent took; null where it has none. */
    private @Nullable Duration timeLeft(Begun.Run run) {
        Duration atBegin = run.timeLeft();
        if (atBegin == null) {
            return null;
        }
        Instant begun = Objects.requireNonNull(phases.get(Phase.PROVIDER_CALL_START));
        Duration left = atBegin.minus(Duration.between(begun, now()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Duration shorter(Duration wait, @Nullable Duration left) {
        return left != null && left.compareTo(wait) < 0 ? left : wait;
    }

    /** Memory that was lost in between is begun again with the same flight: what is at hand is not made twice. */
    private Settled settle(Begun.Run run, Supplier<Settled> step) {
        Settled settled = askMemory(step);
        settles = run.attempt();
        for (int tries = 0; settled instanceof Settled.Gone && tries < MOST_LOSSES; tries++) {
            settled = switch (begin(true)) {
                case Begun.Run _ -> askMemory(step);
                case Begun.Unwanted _ -> askMemory(this::takeOverAndCancel);
                case Begun.Ended ended -> new Settled.Ended(ended.ending());
                case Begun.Fenced _, Begun.Leaving _ -> new Settled.Fenced();
                case Begun.Erased _ -> new Settled.Erased();
                case Begun.Missed missed -> afterRebuild(missed);
                case Begun.Suspect _ -> throw new IllegalStateException("a suspect that runs alone already");
            };
        }
        return settled;
    }

    /** The answer is at hand and waits here: a lane that came back later would have to call the agent again. */
    private Settled afterRebuild(Begun.Missed missed) {
        if (ports.lostMemory().missed(turn.claim(), missed.session())) {
            patience.await(turn.claim(), () -> ports.lostMemory().ready(turn.claim()));
        }
        sure = true;
        return new Settled.Gone();
    }

    private LaneOutcome otherwise(Settled settled, Begun.Run run) {
        return switch (settled) {
            case Settled.Ended ended -> tellEnd(ended.ending());
            case Settled.Unwanted _ -> cancel(run);
            case Settled.Fenced _ -> renewFence(run.attempt());
            case Settled.Erased _ -> erased();
            case Settled.Gone _ -> throw new IllegalStateException("memory keeps forgetting this turn");
            case Settled.Stored _ -> throw new IllegalStateException("stored is no other outcome");
        };
    }

    private LaneOutcome release(Begun.Run run) {
        patience.run(turn.claim(), () -> ports.memory().release(ref()));
        report("released", "", run.attempt());
        turn.claim().letGo();
        return LaneOutcome.DONE;
    }

    /** Ended while it was ours. */
    private LaneOutcome tellEnd(Ending ending) {
        if (ending.status() != RequestStatus.CANCELLED) {
            return tellAgain(ending);
        }
        end.tellAgain(ending);
        report(RequestStatus.CANCELLED.wire(), "", ending.attempt());
        return TurnRunner.complete(turn);
    }

    /** Ended before, or by beginning: what has no copy in quarantine yet is heard of for the first time. */
    private LaneOutcome tellAgain(Ending ending) {
        end.tellAgain(ending);
        boolean news = ending.status() == RequestStatus.FAILED && !ending.quarantined();
        report(
                news ? ending.status().wire() : "told_again",
                ending.error() == null ? "" : ending.error().code(),
                ending.attempt());
        return TurnRunner.complete(turn);
    }

    private LaneOutcome renewFence(int attempt) {
        report("fenced", "", attempt);
        return TurnRunner.renewFence(turn);
    }

    private LaneOutcome erased() {
        report("erased", "", 0);
        return TurnRunner.complete(turn);
    }

    private PastTurn interrupted(String question) {
        Instant now = now();
        return new PastTurn(
                ask.requestId(),
                RequestStatus.CANCELLED,
                question,
                null,
                null,
                List.of(),
                Duration.between(ask.createdAt(), now),
                now);
    }

    private PastTurn pastTurn(String question, Answer answer) {
        Instant now = now();
        return new PastTurn(
                ask.requestId(),
                RequestStatus.COMPLETED,
                question,
                answer.text(),
                answer.confidence(),
                answer.sources(),
                Duration.between(ask.createdAt(), now),
                now);
    }

    private TurnStream streamOf(int attempt) {
        return new TurnStream(turn, attempt, kit, () -> flight.stop(Flight.Stop.TOO_LARGE));
    }

    private <T> T askMemory(Supplier<T> step) {
        return patience.ask(turn.claim(), step);
    }

    private FlightRef ref() {
        return TurnRunner.refOf(turn, flight.id());
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
