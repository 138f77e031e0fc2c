package io.turnlane.processor.memory;

/** What memory says to a flight that wants to end. */
public sealed interface SettleResult {

    /** It stands, now or since an earlier try. */
    record Stored() implements SettleResult {}

    /** The turn had ended otherwise. */
    record EndedOtherwise(BeginResult.TurnEnding ending) implements SettleResult {}

    /** Nobody wants its answer any more: it may only {@linkplain SessionMemory#cancel end as cancelled}. */
    record CancelInstead() implements SettleResult {}

    /** A newer owner, or a newer flight of this owner, has begun this turn. */
    record SettleFenced() implements SettleResult {}

    /** Memory knows nothing of this turn any more: it was lost. Begin again with the same flight, then settle again. */
    record TurnLost() implements SettleResult {}

    /** The session was deleted after this turn was asked; nobody is to hear of it. */
    record SettleErased() implements SettleResult {}
}
