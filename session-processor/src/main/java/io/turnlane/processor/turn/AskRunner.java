package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Source;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.turn.AgentCaller.CallResult;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.TurnEnds.TurnEnd;
import io.turnlane.processor.turn.TurnStreams.TurnStream;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import io.turnlane.store.memory.SettleResult;
import io.turnlane.store.memory.TurnEnding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Runs the flights of questions. Thread-safe. */
final class AskRunner {

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

    private final SessionMemory memory;
    private final AgentCaller agents;
    private final TurnStreams streams;
    private final TurnEnds ends;
    private final StepRetrier retrier;
    private final Predicate<Turn> tooOld;
    private final RetryPolicy retries;
    private final RandomGenerator random;
    private final Semaphore crashSuspectPermit;
    private final InstantSource clock;

    /**
     * Creates a runner.
     *
     * @param tooOld matches turns that are so old that their request record can have expired
     * @param crashSuspectPermit single permit, held by the crash suspect that runs
     */
    AskRunner(
            SessionMemory memory,
            AgentCaller agents,
            TurnStreams streams,
            TurnEnds ends,
            StepRetrier retrier,
            Predicate<Turn> tooOld,
            RetryPolicy retries,
            RandomGenerator random,
            Semaphore crashSuspectPermit,
            InstantSource clock) {
        this.memory = memory;
        this.agents = agents;
        this.streams = streams;
        this.ends = ends;
        this.retrier = retrier;
        this.tooOld = tooOld;
        this.retries = retries;
        this.random = random;
        this.crashSuspectPermit = crashSuspectPermit;
        this.clock = clock;
    }

    /**
     * Runs a flight.
     *
     * @return the lane's next step: the turn leaves the lane or runs again later
     * @throws ClaimLostException if the partition left before the result was stored and published
     */
    LaneOutcome run(Flight flight, Ask ask) {
        return new AskRun(flight, ask).run();
    }

    /**
     * A flight (execution of a turn) for a question. Begins the turn in memory, calls the agent, stores the result,
     * publishes the terminal event, and finally completes the offset (promise O9 in docs/guarantees.md). Only the lane
     * thread of the flight uses this object.
     *
     * <p>If the processor crashes after one of these steps, the turn is delivered again to the next owner of the
     * partition. {@code docs/architecture.md} describes the effect for each step.
     */
    private final class AskRun {

        private final Flight flight;
        private final Turn turn;
        private final Ask ask;
        private final Map<Phase, Instant> phases = new EnumMap<>(Phase.class);
        private final StepRetrier steps;
        private final TurnEnd end;
        private boolean lossRuledOut;
        private int computedAttempt;
        private @Nullable TurnStream published;

        private AskRun(Flight flight, Ask ask) {
            this.flight = flight;
            this.turn = flight.turn();
            this.ask = ask;
            this.steps = retrier.forFlight(flight);
            this.end = ends.of(turn, flight.id(), steps, ask.agent(), phases);
        }

        private LaneOutcome run() {
            phases.put(Phase.RECEIVED, ask.createdAt());
            phases.put(Phase.QUEUED, turn.loggedAt());
            markPhase(Phase.DEQUEUED);
            return handle(begin(false));
        }

        private LaneOutcome handle(BeginResult result) {
            return switch (result) {
                case BeginResult.RunTurn run -> callAgent(run);
                case MemoryResult.DataMissing missed -> waitForRebuild(missed);
                case BeginResult.CrashSuspected _ -> runAlone();
                case BeginResult.AgentElsewhere elsewhere -> waitForAgent(elsewhere);
                case MemoryResult.CancelRequested _ -> cancelBeforeAgent();
                case MemoryResult.HandoverPending leaving -> TurnEnds.awaitPreviousFlight(leaving);
                case MemoryResult.NothingToRun over -> stop(over, 0, false);
            };
        }

        /**
         * Runs a crash suspect (a turn that may have crashed a processor) while no other crash suspect runs. If the
         * processor crashes again, this turn is therefore the only suspect.
         */
        private LaneOutcome runAlone() {
            if (!crashSuspectPermit.tryAcquire()) {
                return new LaneOutcome.RunAgain(PERMIT_DELAY);
            }
            try {
                return handle(begin(true));
            } finally {
                crashSuspectPermit.release();
            }
        }

        /**
         * Keeps the turn at the head of its lane and begins it again after a delay. This is repeated until the
         * partition has moved to a processor with the agent. The turn fails if the maximum time {@code agent-wait}
         * passes first, or if no processor offers the agent any more.
         */
        private LaneOutcome waitForAgent(BeginResult.AgentElsewhere elsewhere) {
            if (elsewhere.newlyWaiting()) {
                end.report("waiting", ErrorCode.UNKNOWN_AGENT.wire(), elsewhere.attempt());
                if (elsewhere.attempt() == 0) {
                    streams.publishWaitingForAgent(turn);
                }
            }
            return new LaneOutcome.RunAgain(AGENT_CHECK_DELAY);
        }

        /**
         * Handles missing data. If Redis has lost no data, or if the turn has waited for the maximum time, begins the
         * turn without the data. The begin script then creates a missing request record.
         */
        private LaneOutcome waitForRebuild(MemoryResult.DataMissing missed) {
            lossRuledOut = !steps.mustWaitForRebuild(turn, missed.sessionLost());
            return lossRuledOut ? handle(begin(false)) : TurnEnds.awaitRebuild();
        }

        private BeginResult begin(boolean soleSuspect) {
            Duration agentWait = agents.maxWait(ask.agent()).orElse(null);
            Instant firstTry = now();
            BeginResult result = steps.call(
                    turn.claim(),
                    () -> memory.begin(new BeginRequest(
                            flight.ref(),
                            ask,
                            phases,
                            turn.envelope().eventsFrom(),
                            tooOld.test(turn),
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
            boolean atOnce = agents.answersAtOnce(merged);
            TurnStream stream =
                    streams.ofAttempt(turn, run.attempt(), atOnce, () -> flight.stop(Flight.StopReason.TOO_LARGE));
            published = stream;
            markPhase(Phase.PROVIDER_CALL_START);
            CallResult result = agents.call(flight, merged, run, stream, atOnce);
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
            PastTurn past =
                    pastTurn(RequestStatus.COMPLETED, question, answer.text(), answer.confidence(), answer.sources());
            phases.put(Phase.SESSION_RELEASED, past.timestamp()); // set early, because the commit stores all phases
            phases.put(Phase.COMPLETED, past.timestamp());
            SettleResult settled = settle(run, ref -> memory.commit(ref, past, answer, phases));
            return settled instanceof SettleResult.Stored stored
                    ? completed(run, stream, new TurnEvent.Completed(answer, stored.times()))
                    : notStored(settled, run);
        }

        private LaneOutcome completed(BeginResult.RunTurn run, TurnStream stream, TurnEvent.Completed event) {
            markPhase(Phase.SESSION_RELEASED);
            end.publishCompleted(stream, event);
            markPhase(Phase.COMPLETED);
            return end.complete(RequestStatus.COMPLETED.wire(), "", run.attempt());
        }

        private LaneOutcome fail(BeginResult.RunTurn run, TurnStream stream, TurnError error, boolean permanent) {
            markPhase(Phase.ofError(error));
            int failures = run.failures() + 1;
            boolean last = permanent || retries.isExhausted(failures);
            SettleResult settled = settle(run, ref -> memory.fail(ref, error, last, phases));
            if (!(settled instanceof SettleResult.Stored)) {
                return notStored(settled, run);
            }
            return last ? failed(run, stream, error) : retry(run, stream, failures, error);
        }

        private LaneOutcome cancel(BeginResult.RunTurn run) {
            markPhase(Phase.ERROR);
            PastTurn past = interrupted(ask.withMerged(run.mergedQuestions()).question());
            return notStored(settle(run, ref -> memory.cancel(ref, past, false, phases)), run);
        }

        /**
         * Ends a turn that was cancelled before this flight called the agent. Also ends an attempt that an earlier
         * flight left open.
         */
        private LaneOutcome cancelBeforeAgent() {
            markPhase(Phase.ERROR);
            return switch (takeOverAndCancel()) {
                case MemoryResult.NothingToRun over -> stop(over, 0, true);
                case SettleResult.TurnLost _, MemoryResult.CancelRequested _, SettleResult.Stored _ ->
                    new LaneOutcome.RunAgain(SHORT_DELAY);
            };
        }

        /**
         * Cancels the turn even if its request record contains the id of another flight. The record can contain the id
         * of an earlier flight, or no id if Redis has lost data.
         */
        private SettleResult takeOverAndCancel() {
            return steps.call(
                    turn.claim(), () -> memory.cancel(flight.ref(), interrupted(ask.question()), true, phases));
        }

        private LaneOutcome failed(BeginResult.RunTurn run, TurnStream stream, TurnError error) {
            end.publishFailed(stream, run.attempt(), error, false);
            return end.complete(RequestStatus.FAILED.wire(), error.code(), run.attempt());
        }

        private LaneOutcome retry(BeginResult.RunTurn run, TurnStream stream, int failures, TurnError error) {
            Duration wait = untilDeadline(run, retries.backOff(failures, random));
            var _ = stream.publishLast(new TurnEvent.Retrying(error, now().plus(wait)));
            end.report(RequestStatus.RETRYING.wire(), error.code(), run.attempt());
            return new LaneOutcome.RunAgain(wait);
        }

        /** Returns the given time, or the time left until the turn's deadline if this is shorter. */
        private Duration untilDeadline(BeginResult.RunTurn run, Duration max) {
            Duration atBegin = run.timeLeft();
            if (atBegin == null) {
                return max;
            }
            Instant called = Objects.requireNonNull(phases.get(Phase.PROVIDER_CALL_START));
            Duration left = atBegin.minus(Duration.between(called, now()));
            return left.isNegative() ? Duration.ZERO : left.compareTo(max) < 0 ? left : max;
        }

        /**
         * Stores the outcome of the agent's call. If Redis has meanwhile lost the turn's data, begins the turn again
         * under the same flight id and repeats the step. The agent is not called a second time. Blocks until lost data
         * is rebuilt: if the lane ran the turn again instead, the agent would be called a second time.
         *
         * @param step stores the outcome
         */
        private SettleResult settle(BeginResult.RunTurn run, Function<FlightRef, SettleResult> step) {
            SettleResult settled = steps.call(turn.claim(), () -> step.apply(flight.ref()));
            computedAttempt = run.attempt();
            for (int losses = 0; settled instanceof SettleResult.TurnLost lost && losses < MAX_LOSSES; losses++) {
                settled = switch (begin(true)) {
                    case BeginResult.RunTurn _ -> steps.call(turn.claim(), () -> step.apply(flight.ref()));
                    case MemoryResult.CancelRequested _ -> takeOverAndCancel();
                    case MemoryResult.NothingToRun over -> over;
                    case MemoryResult.HandoverPending _ -> new MemoryResult.Fenced();
                    case MemoryResult.DataMissing missed -> {
                        steps.awaitRebuild(turn, missed.sessionLost());
                        lossRuledOut = true;
                        yield lost;
                    }
                    case BeginResult.CrashSuspected _, BeginResult.AgentElsewhere _ ->
                        throw new IllegalStateException("memory delays a turn whose outcome is already computed");
                };
            }
            return settled;
        }

        private LaneOutcome notStored(SettleResult settled, BeginResult.RunTurn run) {
            return switch (settled) {
                case MemoryResult.NothingToRun over -> stop(over, run.attempt(), true);
                case MemoryResult.CancelRequested _ -> cancel(run);
                case SettleResult.TurnLost _ ->
                    throw new IllegalStateException(
                            "Redis lost this turn's data " + MAX_LOSSES + " times before its result was stored");
                case SettleResult.Stored _ -> throw new IllegalStateException("the result was stored");
            };
        }

        private LaneOutcome release(BeginResult.RunTurn run) {
            steps.run(turn.claim(), () -> memory.release(flight.ref()));
            end.report("released", "", run.attempt());
            return turn.release();
        }

        /**
         * Handles a turn that this flight need not or must not go on with. If the turn has ended, publishes the stored
         * end. Logs and metrics count it as a new end if this flight cancelled the turn, or if the turn failed and has
         * no copy in quarantine yet. Otherwise an earlier flight has already counted it.
         *
         * @param attempt number of this flight's attempt; 0 if it has begun none
         * @param settled true if this flight has tried to store an outcome
         */
        private LaneOutcome stop(MemoryResult.NothingToRun over, int attempt, boolean settled) {
            return switch (over) {
                case MemoryResult.AlreadyEnded(TurnEnding ending) -> {
                    boolean isNew = switch (ending.status()) {
                        case CANCELLED -> settled;
                        case FAILED -> !ending.quarantined();
                        default -> false;
                    };
                    yield end.completeAs(isNew ? ending.status().wire() : "republished", ending, published);
                }
                case MemoryResult.NotOwned notOwned -> end.notOwned(notOwned, attempt);
            };
        }

        private PastTurn interrupted(String question) {
            return pastTurn(RequestStatus.CANCELLED, question, null, null, List.of());
        }

        private PastTurn pastTurn(
                RequestStatus status,
                String question,
                @Nullable String answer,
                @Nullable Double confidence,
                List<Source> sources) {
            Instant now = now();
            return new PastTurn(ask.requestId(), status, question, answer, confidence, sources, ask.elapsed(now), now);
        }

        private void markPhase(Phase phase) {
            phases.put(phase, now());
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
