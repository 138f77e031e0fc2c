package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;

/**
 * Call of a model that an agent made during an attempt. The record of the event that ends the attempt has the calls in
 * its header {@link RecordHeaders#MODEL_CALLS}. Clients do not see them.
 *
 * @param provider provider of the model
 * @param at time at which the agent wanted to make the call
 * @param waited time for which the call waited until the limits of the provider allowed it
 * @param duration time from {@code at} to the end of the call, with the wait
 * @param outcome {@value #COMPLETED}, or the reason for which the call has no reply: {@code busy}, {@code fault},
 *     {@code timeout}, {@code not_called}, {@code failed} or {@code interrupted}
 */
public record CalledModel(
        String provider,
        String model,
        Instant at,
        Duration waited,
        Duration duration,
        String outcome,
        long inputTokens,
        long outputTokens) {

    /** Outcome of a call with a complete reply. */
    public static final String COMPLETED = "completed";

    /** Maximum number of calls that an event has. Further calls of the attempt are omitted. */
    public static final int MAX_CALLS = 50;
}
