package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stores the memory of sessions (context and bounded history) and their request records (the states of requests). Every
 * write contains the owner's fence. The store rejects a write if a newer owner of the partition has written to the
 * session (promise O5 in docs/guarantees.md). Every write can be repeated without harm (promise O4).
 *
 * <p>Lane threads call this interface, concurrently for different sessions. A call blocks for at most a few timeouts of
 * the store. If the store doesn't answer, the call throws {@link MemoryUnavailableException}.
 */
public interface SessionMemory {

    /**
     * Begins a flight (one execution of a turn). Stores its fence, counts the attempt and returns the session's
     * history. If a call is repeated for the same flight, it counts the attempt only once. If the turn must not run
     * now, returns the reason instead.
     */
    BeginResult begin(BeginRequest beginning);

    /**
     * Parameters of {@link #begin}.
     *
     * @param phases times at which the turn passed its lifecycle phases so far
     * @param eventsFrom offset in the events topic at which streams of the turn start, as known to the gateway when it
     *     accepted the turn; null if the gateway didn't know this offset
     * @param tooOld true if the record is so old that a missing request record means that the turn ended long ago
     * @param soleSuspect true if no other {@linkplain BeginResult.CrashSuspected crash suspect} runs in this processor
     * @param lossRuledOut true if the turn must begin even if data is {@linkplain MemoryResult.DataMissing missing}.
     *     The caller sets it after one of these checks: Redis did not lose the data, a rebuild did not find it, or the
     *     turn has waited for the maximum time
     * @param computedAttempt number of the attempt in which this flight has already called the agent; 0 if it has not.
     *     Not 0 only if Redis lost the turn's data before the outcome of that attempt was stored
     * @param outage time since this call was first tried; this time doesn't count towards the turn's maximum lifetime
     * @param agentWait maximum time that the turn may wait for a processor with its agent; null if the turn must not
     *     wait, because this processor has the agent or no processor has it
     */
    record BeginRequest(
            FlightRef flight,
            Ask ask,
            Map<Phase, Instant> phases,
            @Nullable Long eventsFrom,
            boolean tooOld,
            boolean soleSuspect,
            boolean lossRuledOut,
            int computedAttempt,
            Duration outage,
            @Nullable Duration agentWait) {}

    /**
     * Stores the answer in the history, the context and the request record, in one atomic step. Adds the usage of the
     * turn to the usage of its session and its user; the usage of the answer contains all attempts.
     *
     * @param states states of all agents of the session; null if the turn has not changed them
     */
    SettleResult commit(
            FlightRef flight, PastTurn turn, Answer answer, @Nullable AgentStates states, Map<Phase, Instant> phases);

    /** Stores an answer of a turn that has not changed the states of agents. */
    default SettleResult commit(FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases) {
        return commit(flight, turn, answer, null, phases);
    }

    /**
     * Stores the failure of the flight's attempt.
     *
     * @param last true if the turn has failed permanently; false if another attempt follows
     * @param usage usage of all attempts until now; the store adds what is new to the usage of the session and its user
     */
    SettleResult fail(FlightRef flight, TurnError error, boolean last, Usage usage, Map<Phase, Instant> phases);

    /**
     * Ends the turn as cancelled. If an attempt had begun, the turn is added to the history without an answer, unless a
     * rollback cancelled it.
     *
     * @param turn the turn as history stores it
     * @param takesOver true if the call also cancels a turn that another flight has begun; false if this flight must be
     *     the latest one of the turn
     * @param usage same meaning as in {@link #fail}
     */
    SettleResult cancel(FlightRef flight, PastTurn turn, boolean takesOver, Usage usage, Map<Phase, Instant> phases);

    /**
     * Ends a waiting turn, outside the order of its lane, if its cancellation was requested or its deadline has passed.
     */
    DismissResult dismiss(FlightRef flight);

    sealed interface DismissResult permits MemoryResult.NothingToRun, StillWaiting {}

    /**
     * The turn was not ended, because it has begun, or because there is no reason to end it yet.
     *
     * @param timeLeft time until the deadline; null if the turn has begun or has no deadline
     */
    record StillWaiting(@Nullable Duration timeLeft) implements DismissResult {}

    /**
     * Applies the policy of a question that found its session busy. The policy can end the question itself. It can also
     * end or cancel turns ahead of the question.
     */
    DecideResult decide(BusyArrival arrival);

    /**
     * A question that found its session busy.
     *
     * @param eventsFrom same meaning as in {@link BeginRequest}
     * @param tooOld same meaning as in {@link BeginRequest}
     * @param lossRuledOut same meaning as in {@link BeginRequest}
     * @param ahead requests of the questions ahead in its lane, oldest first
     */
    record BusyArrival(
            FlightRef flight,
            Ask ask,
            @Nullable Long eventsFrom,
            boolean tooOld,
            boolean lossRuledOut,
            List<RequestId> ahead) {

        public BusyArrival {
            ahead = List.copyOf(ahead);
        }
    }

    sealed interface DecideResult permits PolicyDecision, MemoryResult.DataMissing, MemoryResult.NotOwned {}

    /**
     * Effects of the question's policy, from this call or an earlier one. Both collections are empty if the question
     * only waits.
     *
     * @param ended terminal states of the turns that the policy ended. Also contains the state of the question itself,
     *     if it has ended for any reason
     * @param toCancel turns that have begun and must be stopped
     */
    record PolicyDecision(Map<RequestId, TurnEnding> ended, List<RequestId> toCancel) implements DecideResult {}

    /**
     * Sets an unfinished turn back to queued, so that another flight can run it. This flight doesn't count as a crash.
     *
     * @param usage same meaning as in {@link #fail}
     */
    void release(FlightRef flight, Usage usage);

    /**
     * Starts the handover of a flight whose partition leaves this processor while the agent works. The flight may still
     * end the turn within the given time. Until then, the next owner of the partition
     * {@linkplain MemoryResult.HandoverPending waits}. Repeating the call doesn't extend the time.
     *
     * @param handover time that the flight has; at most one minute
     * @return true if the next owner will wait; false if another flight has begun the turn or a newer owner has written
     *     to the session
     */
    boolean startHandover(FlightRef flight, Duration handover);

    /**
     * Ends a turn or another command as failed. Called if the record can't be read, or if the processor fails whenever
     * it processes the record. If the command is an import that completes a fork, also releases the session id that the
     * fork had reserved.
     *
     * @param type type of the command; null if it is a question or unknown
     * @param attempts number of failed attempts to process the record; 0 if the record can't be read
     */
    GiveUpResult giveUp(FlightRef flight, @Nullable String type, TurnError error, int attempts);

    sealed interface GiveUpResult permits MemoryResult.HandoverPending, MemoryResult.NothingToRun {}

    /** Stores in the request record of a failed turn that its copy is in quarantine. */
    void markQuarantined(FlightRef flight);

    /**
     * Deletes the session and ends the request of the deletion.
     *
     * @return true if the session is deleted; false if a newer owner has written to it
     */
    boolean delete(FlightRef flight);

    /**
     * Loads the session into the local cache, unless it is cached, so that its next turn begins faster. Blocks like the
     * other methods, but does not throw an exception if the store fails.
     */
    void prefetch(SessionKey session);
}
