package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.memory.BeginResult;
import io.turnlane.processor.memory.BeginResult.TurnEnding;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.SessionMemory.BeginRequest;
import io.turnlane.processor.memory.SettleResult;
import io.turnlane.processor.turn.AgentCall.CallResult;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.TurnKit.TurnServices;
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
    private final TurnServices ports;
    private final StepRetrier patience;
    private final Flight flight;
    private final Turn turn;
    private final Ask ask;
    private final TurnEnd end;
    private final Map<Phase, Instant> phases = new EnumMap<>(Phase.class);
    private boolean sure;
    private int settles;

    AskRun(TurnKit kit, StepRetrier patience, Flight flight, Ask ask) {
        this.kit = kit;
        this.ports = kit.services();
        this.patience = patience.forFlight(flight);
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

    private LaneOutcome begun(BeginResult begun) {
        return switch (begun) {
            case BeginResult.RunTurn run -> fly(run);
            case BeginResult.DataMissing missed -> waitOrBeSure(missed);
            case BeginResult.CrashSuspected _ -> runAlone();
            case BeginResult.CancelRequested _ -> cancelBegun();
            case BeginResult.HandoverPending leaving -> TurnRunner.awaitPreviousFlight(leaving);
            case BeginResult.AlreadyEnded ended -> tellAgain(ended.ending());
            case BeginResult.Fenced _ -> renewFence(0);
            case BeginResult.Erased _ -> erased();
        };
    }

    /** Memory that was lost is rebuilt first; what isn't there though nothing was lost is made. */
    private LaneOutcome waitOrBeSure(BeginResult.DataMissing missed) {
        if (ports.lostMemory().reportMissing(turn.claim(), missed.sessionLost())) {
            return new LaneOutcome.RunAgain(TurnRunner.REBUILD_CHECK_DELAY);
        }
        sure = true;
        return begun(begin(false));
    }

    /** One suspect at a time: should the processor crash once more, only that one can be the killer. */
    private LaneOutcome runAlone() {
        if (!kit.runtime().crashSuspectPermit().tryAcquire()) {
            return new LaneOutcome.RunAgain(UNTIL_ALONE);
        }
        try {
            return begun(begin(true));
        } finally {
            kit.runtime().crashSuspectPermit().release();
        }
    }

    private BeginResult begin(boolean alone) {
        Instant asked = now();
        BeginResult begun = askMemory(() -> ports.memory()
                .begin(new BeginRequest(
                        ref(),
                        ask,
                        phases,
                        turn.envelope().eventsFrom(),
                        kit.isTooOld(turn),
                        alone,
                        sure,
                        settles,
                        Duration.between(asked, now()))));
        phases.putIfAbsent(Phase.SESSION_ALLOCATED, now());
        return begun;
    }

    private LaneOutcome fly(BeginResult.RunTurn run) {
        Ask whole = ask.withMerged(run.mergedQuestions());
        TurnStream stream = streamOf(run.attempt());
        passed(Phase.PROVIDER_CALL_START);
        CallResult result = new AgentCall(kit, flight, whole, run).call(stream);
        passed(Phase.PROVIDER_CALL_END);
        stream.close();
        return switch (result) {
            case CallResult.AgentAnswered answered -> store(run, stream, whole.question(), answered.answer());
            case CallResult.AgentFailed failed -> fail(run, stream, failed.error(), failed.permanent());
            case CallResult.AgentReleased _ -> release(run);
            case CallResult.AgentCancelled _ -> cancel(run);
        };
    }

    private LaneOutcome store(BeginResult.RunTurn run, TurnStream stream, String question, Answer answer) {
        PastTurn past = pastTurn(question, answer);
        phases.put(Phase.SESSION_RELEASED, past.timestamp()); // in the record the commit's time stands for both
        phases.put(Phase.COMPLETED, past.timestamp());
        SettleResult settled = settle(run, () -> ports.memory().commit(ref(), past, answer, phases));
        return settled instanceof SettleResult.Stored ? completed(run, stream, answer) : otherwise(settled, run);
    }

    private LaneOutcome completed(BeginResult.RunTurn run, TurnStream stream, Answer answer) {
        passed(Phase.SESSION_RELEASED);
        end.publishCompleted(stream, answer);
        passed(Phase.COMPLETED);
        report(RequestStatus.COMPLETED.wire(), "", run.attempt());
        return TurnRunner.complete(turn);
    }

    private LaneOutcome fail(BeginResult.RunTurn run, TurnStream stream, TurnError error, boolean hopeless) {
        passed(Phase.ERROR);
        int failures = run.failures() + 1;
        boolean last = hopeless || kit.rules().retries().isExhausted(failures);
        SettleResult settled = settle(run, () -> ports.memory().fail(ref(), error, last, phases));
        if (!(settled instanceof SettleResult.Stored)) {
            return otherwise(settled, run);
        }
        return last ? failed(run, stream, error) : retry(run, stream, failures, error);
    }

    /** The flight ends its own run. */
    private LaneOutcome cancel(BeginResult.RunTurn run) {
        passed(Phase.ERROR);
        PastTurn past = interrupted(ask.withMerged(run.mergedQuestions()).question());
        return otherwise(settle(run, () -> ports.memory().cancel(ref(), past, false, phases)), run);
    }

    /** Nobody wanted it any more when it was to begin, perhaps again: what an earlier flight left is over too. */
    private LaneOutcome cancelBegun() {
        passed(Phase.ERROR);
        return switch (askMemory(this::takeOverAndCancel)) {
            case SettleResult.EndedOtherwise ended -> tellEnd(ended.ending());
            case SettleResult.SettleFenced _ -> renewFence(0);
            case SettleResult.SettleErased _ -> erased();
            case SettleResult.TurnLost _, SettleResult.CancelInstead _, SettleResult.Stored _ ->
                new LaneOutcome.RunAgain(SOON);
        };
    }

    /** Whatever flight its record names, or none where memory was lost under this one. */
    private SettleResult takeOverAndCancel() {
        return ports.memory().cancel(ref(), interrupted(ask.question()), true, phases);
    }

    private LaneOutcome failed(BeginResult.RunTurn run, TurnStream stream, TurnError error) {
        end.publishFailed(stream, run.attempt(), error, false);
        report(RequestStatus.FAILED.wire(), error.code(), run.attempt());
        return TurnRunner.complete(turn);
    }

    private LaneOutcome retry(BeginResult.RunTurn run, TurnStream stream, int failures, TurnError error) {
        Duration backOff = kit.rules().retries().backOff(failures, kit.runtime().random());
        Duration wait = shorter(backOff, timeLeft(run));
        var _ = stream.publishLast(new TurnEvent.Retrying(error, now().plus(wait)));
        report(RequestStatus.RETRYING.wire(), error.code(), run.attempt());
        return new LaneOutcome.RunAgain(wait);
    }

    /** Until its deadline, less what the agent took; null where it has none. */
    private @Nullable Duration timeLeft(BeginResult.RunTurn run) {
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
    private SettleResult settle(BeginResult.RunTurn run, Supplier<SettleResult> step) {
        SettleResult settled = askMemory(step);
        settles = run.attempt();
        for (int tries = 0; settled instanceof SettleResult.TurnLost && tries < MOST_LOSSES; tries++) {
            settled = switch (begin(true)) {
                case BeginResult.RunTurn _ -> askMemory(step);
                case BeginResult.CancelRequested _ -> askMemory(this::takeOverAndCancel);
                case BeginResult.AlreadyEnded ended -> new SettleResult.EndedOtherwise(ended.ending());
                case BeginResult.Fenced _, BeginResult.HandoverPending _ -> new SettleResult.SettleFenced();
                case BeginResult.Erased _ -> new SettleResult.SettleErased();
                case BeginResult.DataMissing missed -> afterRebuild(missed);
                case BeginResult.CrashSuspected _ ->
                    throw new IllegalStateException("a suspect that runs alone already");
            };
        }
        return settled;
    }

    /** The answer is at hand and waits here: a lane that came back later would have to call the agent again. */
    private SettleResult afterRebuild(BeginResult.DataMissing missed) {
        if (ports.lostMemory().reportMissing(turn.claim(), missed.sessionLost())) {
            patience.await(turn.claim(), () -> ports.lostMemory().isReady(turn.claim()));
        }
        sure = true;
        return new SettleResult.TurnLost();
    }

    private LaneOutcome otherwise(SettleResult settled, BeginResult.RunTurn run) {
        return switch (settled) {
            case SettleResult.EndedOtherwise ended -> tellEnd(ended.ending());
            case SettleResult.CancelInstead _ -> cancel(run);
            case SettleResult.SettleFenced _ -> renewFence(run.attempt());
            case SettleResult.SettleErased _ -> erased();
            case SettleResult.TurnLost _ -> throw new IllegalStateException("memory keeps forgetting this turn");
            case SettleResult.Stored _ -> throw new IllegalStateException("stored is no other outcome");
        };
    }

    private LaneOutcome release(BeginResult.RunTurn run) {
        patience.run(turn.claim(), () -> ports.memory().release(ref()));
        report("released", "", run.attempt());
        turn.claim().release();
        return LaneOutcome.DONE;
    }

    /** Ended while it was ours. */
    private LaneOutcome tellEnd(TurnEnding ending) {
        if (ending.status() != RequestStatus.CANCELLED) {
            return tellAgain(ending);
        }
        end.republish(ending);
        report(RequestStatus.CANCELLED.wire(), "", ending.attempt());
        return TurnRunner.complete(turn);
    }

    /** Ended before, or by beginning: what has no copy in quarantine yet is heard of for the first time. */
    private LaneOutcome tellAgain(TurnEnding ending) {
        end.republish(ending);
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
        return new TurnStream(turn, attempt, kit, () -> flight.stop(Flight.StopReason.TOO_LARGE));
    }

    private <T> T askMemory(Supplier<T> step) {
        return patience.call(turn.claim(), step);
    }

    private FlightRef ref() {
        return TurnRunner.refOf(turn, flight.id());
    }

    private void passed(Phase phase) {
        phases.put(phase, now());
    }

    private Instant now() {
        return kit.runtime().clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void report(String outcome, String code, int attempt) {
        ports.observer()
                .flightEnded(
                        new TurnReport(turn.session(), ask.requestId(), ask.agent(), outcome, code, attempt, phases));
    }
}
