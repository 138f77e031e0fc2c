package io.turnlane.store.memory;

/**
 * Result of {@linkplain SessionMemory#commit storing an answer}, {@linkplain SessionMemory#fail a failure} or
 * {@linkplain SessionMemory#cancel a cancellation}.
 */
public sealed interface SettleResult {

    /** The outcome is stored. This call or an earlier one with the same outcome stored it. */
    record Stored() implements SettleResult {}

    /**
     * The turn has already ended with this state, so the outcome of the call was not stored.
     * {@link SessionMemory#cancel} also returns this result if the call itself ended the turn.
     */
    record EndedOtherwise(BeginResult.TurnEnding ending) implements SettleResult {}

    /**
     * Cancellation of the turn was requested, so the outcome was not stored. The caller must
     * {@linkplain SessionMemory#cancel cancel} the turn instead.
     */
    record CancelInstead() implements SettleResult {}

    /** Another flight has begun this turn, or a newer owner of the partition has written to the session. */
    record SettleFenced() implements SettleResult {}

    /**
     * Redis lost the data of this turn, so the outcome was not stored. The caller must begin the turn again under the
     * same flight id and then repeat the call.
     */
    record TurnLost() implements SettleResult {}

    /** The session was deleted after the turn was asked. The caller must publish no event for the turn. */
    record SettleErased() implements SettleResult {}
}
