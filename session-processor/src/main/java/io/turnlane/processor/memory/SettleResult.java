package io.turnlane.processor.memory;

/**
 * Result of {@linkplain SessionMemory#commit storing an answer}, {@linkplain SessionMemory#fail a failure} or
 * {@linkplain SessionMemory#cancel a cancellation}.
 */
public sealed interface SettleResult {

    /** The outcome is stored, by this call or by an earlier one. */
    record Stored() implements SettleResult {}

    /**
     * The turn has ended with this state instead of the outcome that the flight wanted to store. After
     * {@link SessionMemory#cancel}, this can also be the state that the call itself stored.
     */
    record EndedOtherwise(BeginResult.TurnEnding ending) implements SettleResult {}

    /**
     * Cancellation of the turn was requested. The flight must {@linkplain SessionMemory#cancel cancel} the turn and
     * cannot store another outcome.
     */
    record CancelInstead() implements SettleResult {}

    /** A newer owner of the partition, or a newer flight of the same owner, has begun this turn. */
    record SettleFenced() implements SettleResult {}

    /**
     * Redis lost the data of this turn. The caller must begin the turn again under the same flight id and then repeat
     * the call.
     */
    record TurnLost() implements SettleResult {}

    /** The session was deleted after the turn was asked. The caller must publish no event for the turn. */
    record SettleErased() implements SettleResult {}
}
