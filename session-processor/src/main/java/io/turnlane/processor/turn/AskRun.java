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
import io.turnlane.processor.turn.AgentCall.CallResult;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.TurnKit.TurnServices;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.BeginResult.TurnEnding;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import io.turnlane.store.memory.SettleResult;
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
 * A flight (execution of a turn) for a question. Begins the turn in memory, calls the agent, stores the result,
 * publishes the terminal event, and finally completes the offset (promise O9 in docs/guarantees.md). Only the lane
 * thread of the flight uses this object.
 *
 * <p>If the processor crashes after one of these steps, the turn is delivered again to the next owner of the partition.
 * {@code docs/architecture.md} describes the effect for each step.
 */
final class AskRun {

    /**
     * Maximum number of times that Redis can lose the turn's data before its result is stored. If it happens more
     * often, the flight ends with an exception.
     */
    private static final int MAX_LOSSES = 5;

    private static final Duration PERMIT_DELAY = Duration.ofMillis(500);

    /**
     * Delay between two tries to begin a turn that waits for a processor with its agent. If the partition leaves, the
     * delay ends at once.
     */
    private static final Duration AGENT_CHECK_DELAY = Duration.ofSeconds(2);

    private static final Duration SHORT_DELAY = Duration.ofMillis(50);

    private final TurnKit kit;
    private final TurnServices services;
    private final StepRetrier retrier;
    private final Flight flight;
    private final Turn turn;
    private final Ask ask;
    private final TurnEnd end;
    private final Map<Phase, Instant> phases = new EnumMap<>(Phase.class);
    private boolean lossRuledOut;
    private int computedAttempt;
    private @Nullable TurnStream published;

    AskRun(TurnKit kit, StepRetrier retrier, Flight flight, Ask ask) {
        this.kit = kit;
        this.services = kit.services();
        this.retrier = retrier.forFlight(flight);
        this.flight = flight;
        this.turn = flight.turn();
        this.ask = ask;
        this.end = new TurnEnd(kit, this.retrier, turn, flight.id());
    }

    /**
     * Runs the flight.
     *
     * @return the lane's next step: the turn leaves the lane or runs again later
     * @throws ClaimLostException if the partition left before the result was stored and published
     */
    LaneOutcome run() {
        phases.put(Phase.RECEIVED, ask.createdAt());
        phases.put(Phase.QUEUED, turn.loggedAt());
        markPhase(Phase.DEQUEUED);
        return handle(begin(false));
    }

    private LaneOutcome handle(BeginResult result) {
        return switch (result) {
            case BeginResult.RunTurn run -> callAgent(run);
            case BeginResult.DataMissing missed -> waitForRebuild(missed);
            case BeginResult.CrashSuspected _ -> runAlone();
            case BeginResult.AgentElsewhere elsewhere -> waitForAgent(elsewhere);
            case BeginResult.CancelRequested _ -> cancelBeforeAgent();
            case BeginResult.HandoverPending leaving -> TurnRunner.awaitPreviousFlight(leaving);
            case BeginResult.AlreadyEnded ended -> republishEnd(ended.ending());
            case BeginResult.Fenced _ -> renewFence(0);
            case BeginResult.Erased _ -> erased();
        };
    }

    /**
     * Handles missing data. If Redis has lost the data, the turn waits for the rebuild. If Redis has lost no data, or
     * if the turn has waited for the maximum time, begins the turn without the data. The begin script then creates a
     * missing request record.
     */
    private LaneOutcome waitForRebuild(BeginResult.DataMissing missed) {
        if (services.lostMemory().reportMissing(turn.claim(), missed.sessionLost())) {
            return new LaneOutcome.RunAgain(TurnRunner.REBUILD_CHECK_DELAY);
        }
        retrier.restoreSession(turn, services.lostMemory(), missed.sessionLost());
        lossRuledOut = true;
        return handle(begin(false));
    }

    /**
     * Runs a crash suspect (a turn that may have crashed a processor) while no other crash suspect runs. If the
     * processor crashes again, this turn is therefore the only suspect.
     */
    private LaneOutcome runAlone() {
        if (!kit.runtime().crashSuspectPermit().tryAcquire()) {
            return new LaneOutcome.RunAgain(PERMIT_DELAY);
        }
        try {
            return handle(begin(true));
        } finally {
            kit.runtime().crashSuspectPermit().release();
        }
    }

    /**
     * Keeps the turn at the head of its lane and begins it again after a delay. This is repeated until the partition
     * has moved to a processor with the agent. The turn fails if the maximum time {@code agent-wait} passes first, or
     * if no processor offers the agent any more.
     */
    private LaneOutcome waitForAgent(BeginResult.AgentElsewhere elsewhere) {
        if (elsewhere.newlyWaiting()) {
            report("waiting", ErrorCode.UNKNOWN_AGENT.wire(), elsewhere.attempt());
            if (elsewhere.attempt() == 0) {
                streamOf(0).publishWaitingForAgent();
            }
        }
        return new LaneOutcome.RunAgain(AGENT_CHECK_DELAY);
    }

    private BeginResult begin(boolean soleSuspect) {
        Duration agentWait = services.agents().maxWait(ask.agent()).orElse(null);
        Instant firstTry = now();
        BeginResult result = retryMemory(() -> services.memory()
                .begin(new BeginRequest(
                        ref(),
                        ask,
                        phases,
                        turn.envelope().eventsFrom(),
                        kit.isTooOld(turn),
                        soleSuspect,
                        lossRuledOut,
                        computedAttempt,
                        Duration.between(firstTry, now()),
                        computedAttempt > 0 ? null : agentWait)));
        phases.putIfAbsent(Phase.SESSION_ALLOCATED, now());
        return result;
    }

    private LaneOutcome callAgent(BeginResult.RunTurn run) {
        Ask merged = ask.withMerged(run.mergedQuestions());
        TurnStream stream = streamOf(run.attempt());
        published = stream;
        markPhase(Phase.PROVIDER_CALL_START);
        CallResult result = new AgentCall(kit, flight, merged, run).call(stream);
        markPhase(Phase.PROVIDER_CALL_END);
        stream.close();
        return switch (result) {
            case CallResult.AgentAnswered answered -> store(run, stream, merged.question(), answered.answer());
            case CallResult.AgentFailed failed -> fail(run, stream, failed.error(), failed.permanent());
            case CallResult.AgentReleased _ -> release(run);
            case CallResult.AgentCancelled _ -> cancel(run);
        };
    }

    private LaneOutcome store(BeginResult.RunTurn run, TurnStream stream, String question, Answer answer) {
        PastTurn past = pastTurn(question, answer);
        phases.put(Phase.SESSION_RELEASED, past.timestamp()); // set early, because the commit stores all phases
        phases.put(Phase.COMPLETED, past.timestamp());
        SettleResult settled = settle(run, () -> services.memory().commit(ref(), past, answer, phases));
        return settled instanceof SettleResult.Stored ? completed(run, stream, answer) : notStored(settled, run);
    }

    private LaneOutcome completed(BeginResult.RunTurn run, TurnStream stream, Answer answer) {
        markPhase(Phase.SESSION_RELEASED);
        end.publishCompleted(stream, answer);
        markPhase(Phase.COMPLETED);
        report(RequestStatus.COMPLETED.wire(), "", run.attempt());
        return TurnRunner.complete(turn);
    }

    private LaneOutcome fail(BeginResult.RunTurn run, TurnStream stream, TurnError error, boolean permanent) {
        markPhase(Phase.ofError(error));
        int failures = run.failures() + 1;
        boolean last = permanent || kit.rules().retries().isExhausted(failures);
        SettleResult settled = settle(run, () -> services.memory().fail(ref(), error, last, phases));
        if (!(settled instanceof SettleResult.Stored)) {
            return notStored(settled, run);
        }
        return last ? failed(run, stream, error) : retry(run, stream, failures, error);
    }

    private LaneOutcome cancel(BeginResult.RunTurn run) {
        markPhase(Phase.ERROR);
        PastTurn past = interrupted(ask.withMerged(run.mergedQuestions()).question());
        return notStored(settle(run, () -> services.memory().cancel(ref(), past, false, phases)), run);
    }

    /**
     * Ends a turn that was cancelled before this flight called the agent. Also ends an attempt that an earlier flight
     * left open.
     */
    private LaneOutcome cancelBeforeAgent() {
        markPhase(Phase.ERROR);
        return switch (retryMemory(this::takeOverAndCancel)) {
            case SettleResult.EndedOtherwise ended -> publishEnd(ended.ending());
            case SettleResult.SettleFenced _ -> renewFence(0);
            case SettleResult.SettleErased _ -> erased();
            case SettleResult.TurnLost _, SettleResult.CancelInstead _, SettleResult.Stored _ ->
                new LaneOutcome.RunAgain(SHORT_DELAY);
        };
    }

    /**
     * Cancels the turn even if its request record contains the id of another flight. The record can contain the id of
     * an earlier flight, or no id if Redis has lost data.
     */
    private SettleResult takeOverAndCancel() {
        return services.memory().cancel(ref(), interrupted(ask.question()), true, phases);
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

    /** Returns the time left until the turn's deadline; null if the turn has no deadline. */
    private @Nullable Duration timeLeft(BeginResult.RunTurn run) {
        Duration atBegin = run.timeLeft();
        if (atBegin == null) {
            return null;
        }
        Instant called = Objects.requireNonNull(phases.get(Phase.PROVIDER_CALL_START));
        Duration left = atBegin.minus(Duration.between(called, now()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Duration shorter(Duration wait, @Nullable Duration left) {
        return left != null && left.compareTo(wait) < 0 ? left : wait;
    }

    /**
     * Stores the outcome of the agent's call. If Redis has meanwhile lost the turn's data, begins the turn again under
     * the same flight id and repeats the step. The agent is not called a second time.
     *
     * @param step stores the outcome
     */
    private SettleResult settle(BeginResult.RunTurn run, Supplier<SettleResult> step) {
        SettleResult settled = retryMemory(step);
        computedAttempt = run.attempt();
        for (int losses = 0; settled instanceof SettleResult.TurnLost && losses < MAX_LOSSES; losses++) {
            settled = switch (begin(true)) {
                case BeginResult.RunTurn _ -> retryMemory(step);
                case BeginResult.CancelRequested _ -> retryMemory(this::takeOverAndCancel);
                case BeginResult.AlreadyEnded ended -> new SettleResult.EndedOtherwise(ended.ending());
                case BeginResult.Fenced _, BeginResult.HandoverPending _ -> new SettleResult.SettleFenced();
                case BeginResult.Erased _ -> new SettleResult.SettleErased();
                case BeginResult.DataMissing missed -> afterRebuild(missed);
                case BeginResult.CrashSuspected _, BeginResult.AgentElsewhere _ ->
                    throw new IllegalStateException("memory delays a turn whose outcome is already computed");
            };
        }
        return settled;
    }

    /**
     * Blocks until the data is rebuilt. If the lane ran the turn again instead, the agent would be called a second
     * time.
     */
    private SettleResult afterRebuild(BeginResult.DataMissing missed) {
        if (services.lostMemory().reportMissing(turn.claim(), missed.sessionLost())) {
            retrier.await(turn.claim(), () -> services.lostMemory().isReady(turn.claim()));
        }
        retrier.restoreSession(turn, services.lostMemory(), missed.sessionLost());
        lossRuledOut = true;
        return new SettleResult.TurnLost();
    }

    private LaneOutcome notStored(SettleResult settled, BeginResult.RunTurn run) {
        return switch (settled) {
            case SettleResult.EndedOtherwise ended -> publishEnd(ended.ending());
            case SettleResult.CancelInstead _ -> cancel(run);
            case SettleResult.SettleFenced _ -> renewFence(run.attempt());
            case SettleResult.SettleErased _ -> erased();
            case SettleResult.TurnLost _ ->
                throw new IllegalStateException(
                        "Redis lost this turn's data " + MAX_LOSSES + " times before its result was stored");
            case SettleResult.Stored _ -> throw new IllegalStateException("the result was stored");
        };
    }

    private LaneOutcome release(BeginResult.RunTurn run) {
        retrier.run(turn.claim(), () -> services.memory().release(ref()));
        report("released", "", run.attempt());
        turn.claim().release();
        return LaneOutcome.DONE;
    }

    /** Publishes the stored end of the turn. A cancel counts as the outcome of this flight. */
    private LaneOutcome publishEnd(TurnEnding ending) {
        if (ending.status() != RequestStatus.CANCELLED) {
            return republishEnd(ending);
        }
        end.republish(ending, published);
        report(RequestStatus.CANCELLED.wire(), "", ending.attempt());
        return TurnRunner.complete(turn);
    }

    /**
     * Publishes the terminal event of a turn that has already ended. If the turn failed and has no copy in quarantine
     * yet, counts it as a new failure in logs and metrics. Otherwise an earlier flight has already counted it.
     */
    private LaneOutcome republishEnd(TurnEnding ending) {
        end.republish(ending, published);
        boolean newFailure = ending.status() == RequestStatus.FAILED && !ending.quarantined();
        report(
                newFailure ? ending.status().wire() : "republished",
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
                ask.requestId(), RequestStatus.CANCELLED, question, null, null, List.of(), ask.elapsed(now), now);
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
                ask.elapsed(now),
                now);
    }

    private TurnStream streamOf(int attempt) {
        return new TurnStream(turn, attempt, kit, () -> flight.stop(Flight.StopReason.TOO_LARGE));
    }

    private <T> T retryMemory(Supplier<T> step) {
        return retrier.call(turn.claim(), step);
    }

    private FlightRef ref() {
        return TurnRunner.refOf(turn, flight.id());
    }

    private void markPhase(Phase phase) {
        phases.put(phase, now());
    }

    private Instant now() {
        return kit.runtime().clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void report(String outcome, String code, int attempt) {
        services.observer()
                .flightEnded(
                        new TurnReport(turn.session(), ask.requestId(), ask.agent(), outcome, code, attempt, phases));
    }
}
