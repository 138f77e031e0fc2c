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
 * Memory of sessions and their request records. Every write is fenced and can be repeated without harm (O4, O5).
 *
 * <p>Called by the threads of lanes, concurrently for different sessions. Calls block for at most a few of the store's
 * timeouts and throw {@link MemoryUnavailableException} if the store doesn't answer.
 */
public interface SessionMemory {

    /**
     * Begins a flight: stores its fence, counts the attempt and returns the session's history. Repeating the call for
     * the same flight counts nothing.
     */
    BeginResult begin(BeginRequest beginning);

    /**
     * Parameters of {@link #begin}.
     *
     * @param phases times of the lifecycle phases so far
     * @param eventsFrom offset in the events topic at which streams of the turn start, as the gateway knew it when it
     *     accepted the turn; null if it didn't
     * @param tooOld true if the record is so old that a missing request record means that the turn ended long ago
     * @param soleSuspect true if no other {@linkplain BeginResult.CrashSuspected crash suspect} runs in this processor
     * @param lossRuledOut true if {@linkplain BeginResult.DataMissing missing} data was not lost, or can no longer be
     *     restored
     * @param computedAttempt attempt whose outcome is already known but whose data Redis lost before it was stored; 0
     *     if the agent has yet to be called
     * @param outage time since this call was first tried, which doesn't count towards the turn's lifetime
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
            Duration outage) {

        /** Creates the parameters of a turn whose data can't be lost. */
        public BeginRequest(
                FlightRef flight,
                Ask ask,
                Map<Phase, Instant> phases,
                @Nullable Long eventsFrom,
                boolean tooOld,
                boolean soleSuspect) {
            this(flight, ask, phases, eventsFrom, tooOld, soleSuspect, true, 0, Duration.ZERO);
        }
    }

    /** Stores the answer. History, context and request record change in one step. */
    SettleResult commit(FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases);

    /**
     * Stores the failure of an attempt.
     *
     * @param last true if the turn has failed permanently; false if another attempt follows
     */
    SettleResult fail(FlightRef flight, TurnError error, boolean last, Map<Phase, Instant> phases);

    /**
     * Ends the turn as cancelled. A turn whose attempt had begun stays in history without an answer, unless a rollback
     * cancelled it.
     *
     * @param turn the turn as history stores it
     * @param takesOver true if the call may also end the run of another flight; set by callers that begin the turn
     */
    SettleResult cancel(FlightRef flight, PastTurn turn, boolean takesOver, Map<Phase, Instant> phases);

    /** Ends a waiting turn outside its order if its cancellation was requested or its deadline has passed. */
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
     * Applies the policy of a question that found its session busy to the question itself and to the turns ahead of it.
     */
    DecideResult decide(BusyArrival arrival);

    /**
     * A question that found its session busy.
     *
     * @param eventsFrom as in {@link BeginRequest}, like the next two
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
     * Effects of the question's policy, in an earlier call or in this one. Both collections are empty if the question
     * only waits.
     *
     * @param ended terminal states of the turns that the policy ended, and of the question itself if it has ended in
     *     any way
     * @param toCancel turns that have begun and must be stopped
     */
    record PolicyDecision(Map<RequestId, BeginResult.TurnEnding> ended, List<RequestId> toCancel)
            implements DecideResult {}

    /** Returns an unfinished turn to the queue. The flight doesn't count as a crash. */
    void release(FlightRef flight);

    /**
     * Starts a handover: the turn's partition leaves while its agent works. The flight may end the turn within this
     * time, and the next owner {@linkplain BeginResult.HandoverPending waits} for it. Repeating the call doesn't extend
     * the time.
     *
     * @param handover time that the flight has; at most one minute
     * @return true if the next owner will wait; false if the turn belongs to another flight or to a newer owner
     */
    boolean startHandover(FlightRef flight, Duration handover);

    /**
     * Ends a turn or another command as failed because its record can't be read, or because the processor fails
     * whenever it processes the record. Uses nothing of the record's value. If the command is the import of a fork, the
     * session id that the fork had reserved is released.
     *
     * @param type type of the command; null if it is a question or unknown
     * @param attempts number of times that the processor tried to process the record; 0 if it can't be read
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
     * Loads the session into the local cache before its turn begins, unless it is cached. Blocks like the other methods
     * but does not throw if the store fails.
     */
    void prefetch(SessionKey session);
}
