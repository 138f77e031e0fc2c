package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stores the memory of sessions (context and bounded history) and their request records (the states of requests). Every
 * write carries a fence token, the token of one partition assignment. The store rejects a write if a newer owner of the
 * partition has written to the session (promise O5 in docs/guarantees.md). Every write can be repeated without harm
 * (promise O4).
 *
 * <p>Lane threads call this interface, concurrently for different sessions. A call blocks for at most a few timeouts of
 * the store. If the store doesn't answer, the call throws {@link MemoryUnavailableException}.
 */
public interface SessionMemory {

    /**
     * Begins a flight (one execution of a turn): stores its fence token, counts the attempt and returns the session's
     * history. If the call is repeated for the same flight, the attempt is not counted again.
     */
    BeginResult begin(BeginRequest beginning);

    /**
     * Parameters of {@link #begin}.
     *
     * @param phases times of the lifecycle phases so far
     * @param eventsFrom offset in the events topic at which streams of the turn start, as known to the gateway when it
     *     accepted the turn; null if the gateway didn't know this offset
     * @param tooOld true if the record is so old that a missing request record means that the turn ended long ago
     * @param soleSuspect true if no other {@linkplain BeginResult.CrashSuspected crash suspect} runs in this processor
     * @param lossRuledOut true if the caller has checked that the call must continue without
     *     {@linkplain BeginResult.DataMissing missing} data, because Redis did not lose the data, because a rebuild has
     *     not found it, or because turns have waited for the maximum time
     * @param computedAttempt number of the attempt whose outcome is already computed, but whose data Redis lost before
     *     the outcome was stored; 0 if the agent has not been called yet
     * @param outage time since this call was first tried; this time doesn't count towards the turn's maximum lifetime
     * @param agentWait maximum time that the turn may wait for a processor with its agent; null if this processor has
     *     it, or if no processor does
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
            @Nullable Duration agentWait) {

        /** Creates the parameters of a turn whose data can't be lost. */
        public BeginRequest(
                FlightRef flight,
                Ask ask,
                Map<Phase, Instant> phases,
                @Nullable Long eventsFrom,
                boolean tooOld,
                boolean soleSuspect) {
            this(flight, ask, phases, eventsFrom, tooOld, soleSuspect, true, 0, Duration.ZERO, null);
        }
    }

    /** Stores the answer. History, context and request record change together or not at all. */
    SettleResult commit(FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases);

    /**
     * Stores the failure of the flight's attempt.
     *
     * @param last true if the turn has failed permanently; false if another attempt follows
     */
    SettleResult fail(FlightRef flight, TurnError error, boolean last, Map<Phase, Instant> phases);

    /**
     * Ends the turn as cancelled. If an attempt had begun, the turn stays in history without an answer. A turn that a
     * rollback cancelled does not stay in history.
     *
     * @param turn the turn as history stores it
     * @param takesOver true if the call also ends the attempt of another flight; set by callers that have just begun
     *     the turn
     */
    SettleResult cancel(FlightRef flight, PastTurn turn, boolean takesOver, Map<Phase, Instant> phases);

    /**
     * Ends a waiting turn, outside the order of its lane, if its cancellation was requested or its deadline has passed.
     */
    DismissResult dismiss(FlightRef flight);

    /** Result of {@link #dismiss}. */
    sealed interface DismissResult permits BeginResult.NothingToRun, StillWaiting {}

    /**
     * The turn has begun or still waits.
     *
     * @param timeLeft time until the deadline of a turn that waits; null if there is none
     */
    record StillWaiting(@Nullable Duration timeLeft) implements DismissResult {}

    /**
     * Applies the policy of a question that found its session busy. The policy affects the question itself and the
     * turns ahead of it.
     */
    DecideResult decide(BusyArrival arrival);

    /**
     * A question that found its session busy.
     *
     * @param eventsFrom as in {@link BeginRequest}; the same is true of {@code tooOld} and {@code lossRuledOut}
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

    /** Result of {@link #decide}. */
    sealed interface DecideResult permits PolicyDecision, BeginResult.DataMissing, BeginResult.NotOwned {}

    /**
     * Effects that the question's policy had in an earlier call or in this call. Both collections are empty if the
     * question only waits.
     *
     * @param ended terminal states of the turns that the policy ended; includes the question itself if it has ended,
     *     also if it ended for another reason
     * @param toCancel turns that have begun and must be stopped
     */
    record PolicyDecision(Map<RequestId, BeginResult.TurnEnding> ended, List<RequestId> toCancel)
            implements DecideResult {}

    /** Returns an unfinished turn to the queue. The flight doesn't count as a crash. */
    void release(FlightRef flight);

    /**
     * Starts the handover of a flight whose partition leaves this processor while the agent works. The flight may end
     * the turn within the given time, and the next owner of the partition {@linkplain BeginResult.HandoverPending
     * waits} for the flight. Repeating the call doesn't extend the time.
     *
     * @param handover time that the flight has; at most one minute
     * @return true if the next owner will wait; false if the turn belongs to another flight or to a newer owner
     */
    boolean startHandover(FlightRef flight, Duration handover);

    /**
     * Ends a turn or another command as failed. Called if the record can't be read, or if the processor fails whenever
     * it processes the record. Does not use the record's value. If the command is the import of a fork, the session id
     * that the fork had reserved is released.
     *
     * @param type type of the command; null if it is a question or unknown
     * @param attempts number of times that the processor tried to process the record; 0 if the record can't be read
     */
    GiveUpResult giveUp(FlightRef flight, @Nullable String type, TurnError error, int attempts);

    /** Result of {@link #giveUp}. */
    sealed interface GiveUpResult permits BeginResult.HandoverPending, BeginResult.NothingToRun {}

    /** Notes that the copy of a failed turn is in quarantine. */
    void markQuarantined(FlightRef flight);

    /**
     * Deletes the session.
     *
     * @return true if the session is deleted; false if a newer owner has written to it
     */
    boolean delete(FlightRef flight);

    /**
     * Loads the session into the local cache before its turn begins, unless it is cached. Blocks like the other
     * methods, but does not throw an exception if the store fails.
     */
    void prefetch(SessionKey session);
}
