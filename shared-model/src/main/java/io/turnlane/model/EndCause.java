package io.turnlane.model;

import org.jspecify.annotations.Nullable;

/**
 * Why a turn ended without an answer and without an error.
 *
 * @param reason a word of {@link TurnPolicy#reason}, {@link #REQUESTED}, or what the client said when it cancelled
 * @param by the turn that this one made way for; null where a client cancelled it
 */
public record EndCause(String reason, @Nullable RequestId by) {

    /** A client cancelled it and said nothing else. */
    public static final String REQUESTED = "requested";
}
