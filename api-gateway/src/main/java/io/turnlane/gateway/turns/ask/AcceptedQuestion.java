package io.turnlane.gateway.turns.ask;

import io.turnlane.store.accept.Acceptance.Accepted;

/** Question whose acceptance is stored. */
public sealed interface AcceptedQuestion {

    /** Question that is not known to be published. The caller must publish it. */
    record Unpublished(Accepted accepted) implements AcceptedQuestion {}

    /** Question that an earlier call with the same Idempotency-Key has published. */
    record Known(Submission earlier) implements AcceptedQuestion {}
}
