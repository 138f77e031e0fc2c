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
 * Sessions' memory and their requests' records. Every write is fenced, and may be sent again without harm (O4, O5).
 *
 * <p>Called by lanes' threads, several at once, for different sessions. Calls block for at most the store's time limit
 * and throw {@link MemoryUnavailableException} where it doesn't answer.
 */
public interface SessionMemory {

    /** A flight begins. */
    BeginResult begin(BeginRequest beginning);

    /**
     * What a flight says when it begins.
     *
     * @param eventsFrom where streams of this turn start to read, as the gateway knew it when it accepted the turn
     * @param tooOld whether the record is so old that a missing request record means it was answered long ago
     * @param soleSuspect whether no other {@linkplain BeginResult.CrashSuspected suspect} runs in this processor
     * @param lossRuledOut whether what memory {@linkplain BeginResult.DataMissing misses} is known not to come back
     * @param computedAttempt the attempt whose outcome is at hand, because memory was lost under it: its client was
     *     told that it started; 0 where the agent is still to be asked
     * @param outage how long memory has been away since this was first asked: it doesn't count as the turn's life
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

        /** Where nothing can have been lost. */
        public BeginRequest(
                FlightRef flight,
                Ask ask,
                Map<Phase, Instant> phases,
                @Nullable Long eventsFrom,
                boolean tooOld,
                boolean alone) {
            this(flight, ask, phases, eventsFrom, tooOld, alone, true, 0, Duration.ZERO);
        }
    }

    /** Its answer: memory, context, request record and stored answer in one step. */
    SettleResult commit(FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases);

    /**
     * It ended without an answer.
     *
     * @param last whether the turn has failed for good; else it waits for another try
     */
    SettleResult fail(FlightRef flight, TurnError error, boolean last, Map<Phase, Instant> phases);

    /**
     * It ends as cancelled. What had begun stays in history without an answer, unless no trace is wanted.
     *
     * @param turn as history keeps it
     * @param takesOver whether it may end another flight's run too: for whoever begins the turn
     */
    SettleResult cancel(FlightRef flight, PastTurn turn, boolean takesOver, Map<Phase, Instant> phases);

    /** A turn that waits ends out of its turn, where it isn't wanted any more or its deadline passed. */
    DismissResult dismiss(FlightRef flight);

    /** What memory says of a turn that waits. */
    sealed interface DismissResult permits BeginResult.NothingToRun, StillWaiting {}

    /** It has begun, or goes on waiting; null where it may do so for ever. */
    record StillWaiting(@Nullable Duration timeLeft) implements DismissResult {}

    /** A question found its session busy: what becomes of it and of those ahead, by its policy. */
    DecideResult decide(BusyArrival arrival);

    /**
     * What a question says that found its session busy.
     *
     * @param eventsFrom as in {@link BeginRequest}, like the two that follow
     * @param ahead the questions that its lane holds ahead of it, oldest first
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

    /** What memory says to a question that found its session busy. */
    sealed interface DecideResult permits PolicyDecision, BeginResult.DataMissing, BeginResult.NotOwned {}

    /**
     * What the question's policy did, now or when it was asked before; both are empty where it just waits.
     *
     * @param ended turns that ended by it, perhaps this one, and how; this one too where it had ended otherwise
     * @param toCancel turns that have begun and are to be stopped
     */
    record PolicyDecision(Map<RequestId, BeginResult.TurnEnding> ended, List<RequestId> toCancel)
            implements DecideResult {}

    /** It is given back unfinished, and doesn't count as a crash. */
    void release(FlightRef flight);

    /**
     * Its partition leaves while its agent works: for this long it may end by itself, and the next owner
     * {@linkplain BeginResult.HandoverPending waits} for it. Asked again it gains no time.
     *
     * @param handover at most a minute
     * @return whether the next owner will wait; false where another flight or a newer owner has been here
     */
    boolean startHandover(FlightRef flight, Duration handover);

    /** A turn that can't be read ends with this error, so that its client hears of it. */
    FailUnreadableResult failUnreadable(FlightRef flight, TurnError error);

    /** What memory says to a turn that can't be read. */
    sealed interface FailUnreadableResult permits BeginResult.HandoverPending, BeginResult.NothingToRun {}

    /** The copy of a failed turn is safe in quarantine. */
    void markQuarantined(FlightRef flight);

    /**
     * The session is forgotten.
     *
     * @return whether it is; false where a newer owner has been here
     */
    boolean delete(FlightRef flight);

    /** Looks the session up ahead of its turn, where it isn't known yet. Blocks like the others; never fails. */
    void prefetch(SessionKey session);
}
