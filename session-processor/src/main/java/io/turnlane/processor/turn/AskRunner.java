package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.Usage;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.turn.StepRetrier.ClaimLostException;
import io.turnlane.processor.turn.TurnEnds.TurnEnd;
import io.turnlane.processor.turn.TurnStreams.TurnStream;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SettleResult;
import io.turnlane.trace.SpanRole;
import io.turnlane.trace.TraceSpan;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Runs the flights of questions. Thread-safe.
 *
 * <p>The journey of a turn continues in {@code begin.lua}, which {@link AskMemory} runs.
 */
final class AskRunner {

    private static final Duration PERMIT_DELAY = Duration.ofMillis(500);
    private static final Duration SHORT_DELAY = Duration.ofMillis(50);

    private final Flights flights;
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
     * @param flights starts the spans of attempts
     * @param tooOld matches turns that are so old that their request record can have expired
     * @param crashSuspectPermit single permit, held by the crash suspect that runs
     */
    AskRunner(
            Flights flights,
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
        this.flights = flights;
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
        return new AskRun(flight, ask).run(false);
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
        private final StepRetrier steps;
        private final AskMemory turnMemory;
        private final TurnEnd end;
        private final AttemptUsage usage = new AttemptUsage();

        private AskRun(Flight flight, Ask ask) {
            this.flight = flight;
            this.turn = flight.turn();
            this.ask = ask;
            this.steps = retrier.forFlight(flight);
            this.turnMemory = new AskMemory(memory, agents, steps, tooOld, clock, flight, ask, usage);
            this.end = ends.of(turn, flight.id(), steps, ask.agent(), turnMemory.phases(), usage);
        }

        private LaneOutcome run(boolean soleSuspect) {
            return switch (turnMemory.begin(soleSuspect)) {
                case BeginResult.RunTurn run -> callAgent(run);
                case MemoryResult.DataMissing missed ->
                    turnMemory.ruleOutLoss(missed) ? run(false) : TurnEnds.awaitRebuild();
                case BeginResult.CrashSuspected _ -> runAlone();
                case BeginResult.AgentElsewhere elsewhere -> end.awaitAgent(elsewhere);
                case MemoryResult.CancelRequested _ -> cancelBeforeAgent();
                case MemoryResult.HandoverPending leaving -> TurnEnds.awaitPreviousFlight(leaving);
                case MemoryResult.NothingToRun over -> end.nothingToRun(over, null, 0, false);
            };
        }

        private LaneOutcome callAgent(BeginResult.RunTurn run) {
            Ask merged = ask.withMerged(run.mergedQuestions());
            boolean atOnce = agents.answersAtOnce(merged);
            TurnStream stream =
                    streams.ofAttempt(turn, run.attempt(), atOnce, () -> flight.stop(Flight.StopReason.TOO_LARGE));
            try (TraceSpan span = flights.startSpan(flight, run.attempt(), turnMemory.time(Phase.DEQUEUED))) {
                turnMemory.mark(Phase.PROVIDER_CALL_START);
                CallResult result = agents.call(flight, merged, run, stream, usage, atOnce);
                turnMemory.mark(Phase.PROVIDER_CALL_END);
                stream.close();
                return switch (result) {
                    case CallResult.AgentAnswered answered -> store(run, stream, merged.question(), answered);
                    case CallResult.AgentFailed failed ->
                        unanswered(run, stream).fail(TurnSpans.failed(span, failed.error()), failed.permanent());
                    case CallResult.AgentReleased _ -> unanswered(run, stream).release();
                    case CallResult.AgentCancelled _ -> unanswered(run, stream).cancel();
                };
            }
        }

        private LaneOutcome store(
                BeginResult.RunTurn run, TurnStream stream, String question, CallResult.AgentAnswered answered) {
            Answer answer = answered.answer().withUsage(turnMemory.usage(run));
            SettleResult settled = turnMemory.commit(run, question, answer, answered);
            return settled instanceof SettleResult.Stored stored
                    ? publish(run, stream, answered.completed(answer, stored.times()))
                    : unanswered(run, stream).notStored(settled);
        }

        private LaneOutcome publish(BeginResult.RunTurn run, TurnStream stream, TurnEvent.Completed event) {
            turnMemory.mark(Phase.SESSION_RELEASED);
            try (TraceSpan _ = flight.trace().child(SpanRole.PRODUCER, "send", "events")) {
                steps.publish(turn.claim(), () -> stream.publishLast(event));
            }
            turnMemory.mark(Phase.COMPLETED);
            return end.complete(RequestStatus.COMPLETED.wire(), "", run.attempt());
        }

        private UnansweredAttempt unanswered(BeginResult.RunTurn run, TurnStream stream) {
            return new UnansweredAttempt(turn, turnMemory, end, retries, random, run, stream);
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
                return run(true);
            } finally {
                crashSuspectPermit.release();
            }
        }

        /**
         * Ends a turn that was cancelled before this flight called the agent. Also ends an attempt that an earlier
         * flight left open.
         */
        private LaneOutcome cancelBeforeAgent() {
            turnMemory.mark(Phase.ERROR);
            return switch (turnMemory.takeOverAndCancel(Usage.NONE)) {
                case MemoryResult.NothingToRun over -> end.nothingToRun(over, null, 0, true);
                case SettleResult.TurnLost _, MemoryResult.CancelRequested _, SettleResult.Stored _ ->
                    new LaneOutcome.RunAgain(SHORT_DELAY);
            };
        }
    }
}
