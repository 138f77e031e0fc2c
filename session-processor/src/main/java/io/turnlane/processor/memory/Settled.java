package io.turnlane.processor.memory;

/** What memory says to a flight that wants to end. */
public sealed interface Settled {

    /** It stands, now or since an earlier try. */
    record Stored() implements Settled {}

    /** The turn had ended otherwise. */
    record Ended(Begun.Ending ending) implements Settled {}

    /** Nobody wants its answer any more: it may only {@linkplain SessionMemory#cancel end as cancelled}. */
    record Unwanted() implements Settled {}

    /** A newer owner, or a newer flight of this owner, has begun this turn. */
    record Fenced() implements Settled {}

    /** Memory knows nothing of this turn any more: it was lost. Begin again with the same flight, then settle again. */
    record Gone() implements Settled {}

    /** The session was deleted after this turn was asked; nobody is to hear of it. */
    record Erased() implements Settled {}
}
