package io.turnlane.model;

import org.jspecify.annotations.Nullable;

/**
 * Reason for which a turn ended without an answer and without an error.
 *
 * @param reason a value of {@link TurnPolicy#reason}, {@link #REQUESTED}, or the reason that the client gave when it
 *     cancelled the turn
 * @param by the turn that caused the end, or null if a client cancelled this turn
 */
public record EndCause(String reason, @Nullable RequestId by) {

    /** Reason of a turn that a client cancelled without giving a reason. */
    public static final String REQUESTED = "requested";
}
