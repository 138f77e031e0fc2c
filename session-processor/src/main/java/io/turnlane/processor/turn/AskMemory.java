package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import io.turnlane.store.memory.SettleResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Memory of a question's turn, for one flight. Begins the turn and stores its outcome, also if Redis loses the turn's
 * data in between. Collects the phases of the turn's lifecycle, which are stored with each step. Only the lane thread
 * of the flight uses this object.
 */
final class AskMemory {

    /**
     * Maximum number of times that Redis can lose the turn's data before its result is stored. If it happens more
     * often, the step returns {@link SettleResult.TurnLost}.
     */
    static final int MAX_LOSSES = 5;

    private final SessionMemory memory;
    private final AgentCaller agents;
    private final StepRetrier steps;
    private final Predicate<Turn> tooOld;
    private final InstantSource clock;
    private final Flight flight;
    private final Turn turn;
    private final Ask ask;
    private final AttemptUsage usage;
    private final Map<Phase, Instant> phases = new EnumMap<>(Phase.class);
    private boolean lossRuledOut;
    private int computedAttempt;

    /**
     * Creates the memory of a flight.
     *
     * @param tooOld matches turns that are so old that their request record can have expired
     * @param usage usage of the flight's attempt
     */
    AskMemory(
            SessionMemory memory,
            AgentCaller agents,
            StepRetrier steps,
            Predicate<Turn> tooOld,
            InstantSource clock,
            Flight flight,
            Ask ask,
            AttemptUsage usage) {
        this.memory = memory;
        this.agents = agents;
        this.steps = steps;
        this.tooOld = tooOld;
        this.clock = clock;
        this.flight = flight;
        this.turn = flight.turn();
        this.ask = ask;
        this.usage = usage;
        phases.put(Phase.RECEIVED, ask.createdAt());
        phases.put(Phase.QUEUED, turn.loggedAt());
        mark(Phase.DEQUEUED);
    }

    /** Returns the phases of the turn's lifecycle until now, with their times. */
    Map<Phase, Instant> phases() {
        return phases;
    }

    void mark(Phase phase) {
        phases.put(phase, now());
    }

    Duration since(Phase phase) {
        return Duration.between(time(phase), now());
    }

    /** Returns the time of a phase that the turn has passed. */
    Instant time(Phase phase) {
        return Objects.requireNonNull(phases.get(phase));
    }

    /** Returns the current time, truncated to milliseconds. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Begins the turn with {@code begin.lua}.
     *
     * @param soleSuspect true if the processor runs no other crash suspect
     */
    BeginResult begin(boolean soleSuspect) {
        @Nullable Duration agentWait = agents.maxWait(ask.agent()).orElse(null);
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

    /**
     * Returns true if the turn must begin without its missing data, because Redis has lost no data or the turn has
     * waited for the maximum time. The begin script then creates a missing request record.
     */
    boolean ruleOutLoss(MemoryResult.DataMissing missed) {
        lossRuledOut = !steps.mustWaitForRebuild(turn, missed.sessionLost());
        return lossRuledOut;
    }

    /**
     * Stores the outcome of the agent's call. If Redis has meanwhile lost the turn's data, begins the turn again under
     * the same flight id and repeats the step. The agent is not called a second time. Blocks until lost data is
     * rebuilt: if the lane ran the turn again instead, the agent would be called a second time.
     *
     * @param step stores the outcome
     */
    private SettleResult settle(BeginResult.RunTurn run, Function<FlightRef, SettleResult> step) {
        SettleResult settled = steps.call(turn.claim(), () -> step.apply(flight.ref()));
        computedAttempt = run.attempt();
        for (int losses = 0; settled instanceof SettleResult.TurnLost lost && losses < MAX_LOSSES; losses++) {
            settled = switch (begin(true)) {
                case BeginResult.RunTurn _ -> steps.call(turn.claim(), () -> step.apply(flight.ref()));
                case MemoryResult.CancelRequested _ -> takeOverAndCancel(usage(run));
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

    /** Returns the usage of the earlier attempts and of this one. */
    Usage usage(BeginResult.RunTurn run) {
        return run.usage().plus(usage.total());
    }

    /**
     * Stores the answer, and what the agent keeps in memory, with {@code commit.lua}.
     *
     * @param answer answer with the usage of all attempts
     */
    SettleResult commit(BeginResult.RunTurn run, String question, Answer answer, CallResult.AgentAnswered answered) {
        Instant now = now();
        phases.put(Phase.SESSION_RELEASED, now); // set early, because the commit stores all phases
        phases.put(Phase.COMPLETED, now);
        PastTurn past = new PastTurn(
                ask.requestId(),
                RequestStatus.COMPLETED,
                question,
                answer.text(),
                answer.confidence(),
                answer.sources(),
                ask.elapsed(now),
                now,
                answered.toolSteps());
        return settle(run, ref -> memory.commit(ref, past, answer, answered.states(), phases));
    }

    /** Stores the failure of the attempt. */
    SettleResult fail(BeginResult.RunTurn run, TurnError error, boolean last) {
        return settle(run, ref -> memory.fail(ref, error, last, usage(run), phases));
    }

    /** Releases the turn to another flight, without counting the attempt as a crash. */
    void release(BeginResult.RunTurn run) {
        steps.run(turn.claim(), () -> memory.release(flight.ref(), usage(run)));
    }

    /** Cancels the turn while this flight runs it. */
    SettleResult cancel(BeginResult.RunTurn run) {
        PastTurn past = cancelled(ask.withMerged(run.mergedQuestions()).question());
        return settle(run, ref -> memory.cancel(ref, past, false, usage(run), phases));
    }

    /**
     * Cancels the turn even if its request record contains the id of another flight. The record can contain the id of
     * an earlier flight, or no id if Redis has lost data.
     *
     * @param total usage of all attempts, if this flight has called the agent
     */
    SettleResult takeOverAndCancel(Usage total) {
        return steps.call(
                turn.claim(), () -> memory.cancel(flight.ref(), cancelled(ask.question()), true, total, phases));
    }

    private PastTurn cancelled(String question) {
        Instant now = now();
        return new PastTurn(
                ask.requestId(), RequestStatus.CANCELLED, question, null, null, List.of(), ask.elapsed(now), now);
    }
}
