package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import java.time.Instant;
import java.util.Map;

/**
 * Sessions' memory and their requests' records. Every write is fenced, and may be sent again without harm (O4, O5).
 *
 * <p>Called by lanes' threads, several at once, for different sessions. Calls block for at most the store's time limit
 * and throw {@link MemoryUnavailableException} where it doesn't answer.
 */
public interface SessionMemory {

    /**
     * A flight begins.
     *
     * @param tooOld whether the record is so old that a missing request record means it was answered long ago
     */
    Begun begin(FlightRef flight, Ask ask, Map<Phase, Instant> phases, boolean tooOld);

    /** Its answer: memory, context, request record and stored answer in one step. */
    Settled commit(FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases);

    /**
     * It ended without an answer.
     *
     * @param last whether the turn has failed for good; else it waits for another try
     */
    Settled fail(FlightRef flight, TurnError error, boolean last, Map<Phase, Instant> phases);

    /** It is given back unfinished, and doesn't count as a crash. */
    void release(FlightRef flight);

    /**
     * The session is forgotten.
     *
     * @return whether it is; false where a newer owner has been here
     */
    boolean delete(FlightRef flight);

    /** Looks the session up ahead of its turn, where it isn't known yet. Blocks like the others; never fails. */
    void prefetch(SessionKey session);
}
