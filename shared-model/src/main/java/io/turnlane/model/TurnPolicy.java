package io.turnlane.model;

import java.util.Optional;

/**
 * Policy for a question whose session is busy with earlier questions. The processor applies the policies of a session's
 * questions in the order of these questions in the log.
 */
public enum TurnPolicy implements WireEnum {
    /** The question waits for the earlier ones. */
    ENQUEUE(""),
    /** The question is rejected. */
    REJECT("session_busy"),
    /** The earlier turns are cancelled. The turn that was running stays in the history. */
    INTERRUPT("interrupted"),
    /** The earlier turns are cancelled, and none of them stays in the history. */
    ROLLBACK("rolled_back"),
    /** The waiting questions are merged into this one. */
    COALESCE("coalesced");

    /** Number of extra open turns. It is small, so that interrupts cannot fill a session. */
    private static final int EXTRA_OPEN_TURNS = 10;

    private final String reason;

    TurnPolicy(String reason) {
        this.reason = reason;
    }

    /** Returns the reason of a turn that ends because of this policy; empty if the policy ends no turn. */
    public String reason() {
        return reason;
    }

    /**
     * Returns the number by which questions with this policy may exceed a limit of open turns. It is positive for
     * policies that end or merge earlier turns, which must still work when the limit is reached.
     */
    public int extraOpenTurns() {
        return switch (this) {
            case ENQUEUE, REJECT -> 0;
            case INTERRUPT, ROLLBACK, COALESCE -> EXTRA_OPEN_TURNS;
        };
    }

    /** Returns the policy with this value, or empty if no policy has it. */
    public static Optional<TurnPolicy> find(String wire) {
        return WireEnum.find(values(), wire);
    }

    /** Returns the policy with this text form; throws an IllegalArgumentException if there is none. */
    public static TurnPolicy of(String wire) {
        return WireEnum.require(values(), "policy", wire);
    }
}
