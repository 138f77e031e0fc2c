package io.turnlane.store.memory;

import io.turnlane.store.memory.SessionMemory.DecideResult;
import io.turnlane.store.memory.SessionMemory.DismissResult;
import io.turnlane.store.memory.SessionMemory.GiveUpResult;
import java.time.Duration;

/** Results that several calls of session memory have in common. Callers handle each of them in one place. */
public sealed interface MemoryResult {

    /** Results after which the caller has nothing more to run or store for the turn. */
    sealed interface NothingToRun extends MemoryResult, BeginResult, SettleResult, GiveUpResult, DismissResult {}

    /**
     * The turn has ended, in this call or earlier. If the call had an outcome, the outcome was not stored. The caller
     * must publish the turn's terminal event.
     */
    record AlreadyEnded(TurnEnding ending) implements NothingToRun {}

    /** Results for a turn or command that the caller must neither run nor end. */
    sealed interface NotOwned extends NothingToRun, DecideResult, EditResult {}

    /** A newer owner of the partition has written to the session, or another flight has begun this turn. */
    record Fenced() implements NotOwned {}

    /** The session was deleted after the turn was asked. The caller must publish no event for the turn. */
    record Erased() implements NotOwned {}

    /**
     * Cancellation of the turn was requested. The caller must not run the agent. An outcome of the call was not stored.
     * The caller must end the turn with {@link SessionMemory#cancel}.
     */
    record CancelRequested() implements MemoryResult, BeginResult, SettleResult {}

    /**
     * Data that should exist is missing. The call has changed nothing. The caller must check if Redis lost data. If it
     * did, the caller must wait until the data is rebuilt and then repeat the call. Otherwise the caller must repeat
     * the call with {@code lossRuledOut} set.
     *
     * @param sessionLost true if Redis has certainly lost data of this session; false if only the request record is
     *     missing, which was possibly never stored
     */
    record DataMissing(boolean sessionLost) implements MemoryResult, BeginResult, DecideResult, EditResult {}

    /**
     * The turn is in a handover: the flight of the partition's previous owner is allowed to end the turn within a
     * bounded time. The call changed nothing. The caller must repeat the call soon to check if the turn has ended.
     *
     * @param left maximum time for which the previous owner's flight can still end the turn
     */
    record HandoverPending(Duration left) implements MemoryResult, BeginResult, GiveUpResult {}
}
