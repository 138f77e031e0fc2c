package io.turnlane.model;

import java.util.Arrays;
import java.util.Optional;

/** What becomes of a question whose session is busy with earlier ones. Decided by the processor, in the log's order. */
public enum TurnPolicy {
    /** It waits for its turn. */
    ENQUEUE("enqueue", ""),
    /** It isn't taken. */
    REJECT("reject", "session_busy"),
    /** Earlier ones are cancelled; the one that ran stays in history. */
    INTERRUPT("interrupt", "interrupted"),
    /** Earlier ones are cancelled and leave no trace in memory. */
    ROLLBACK("rollback", "rolled_back"),
    /** Those that wait are merged into it. */
    COALESCE("coalesce", "coalesced");

    private final String wire;
    private final String reason;

    TurnPolicy(String wire, String reason) {
        this.wire = wire;
        this.reason = reason;
    }

    /** The word that stands in JSON, in headers and in Redis. */
    public String wire() {
        return wire;
    }

    /** What a turn that ends by this policy says as its reason. */
    public String reason() {
        return reason;
    }

    /** The policy of this word; empty where there is none. */
    public static Optional<TurnPolicy> find(String wire) {
        return Arrays.stream(values()).filter(one -> one.wire.equals(wire)).findFirst();
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException where there is no such policy
     */
    public static TurnPolicy of(String wire) {
        return find(wire)
                .orElseThrow(() -> new IllegalArgumentException(
                        "policy is one of enqueue, reject, interrupt, rollback, coalesce"));
    }
}
