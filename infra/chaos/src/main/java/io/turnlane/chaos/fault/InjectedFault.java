package io.turnlane.chaos.fault;

import java.util.Set;

/**
 * What a fault did.
 *
 * @param at when, on the run's clock
 * @param healed when it was over
 * @param hit requests that were being answered where it struck
 * @param underWay how much work it hit: those, or a gateway's calls and streams, or what was asked or sent as the
 *     fault; {@value #SKIPPED} where it could not be done here
 */
public record InjectedFault(Fault fault, long at, long healed, Set<String> hit, int underWay) {

    static final int SKIPPED = -1;

    public InjectedFault {
        hit = Set.copyOf(hit);
    }

    /** Whether it was done. */
    public boolean done() {
        return underWay != SKIPPED;
    }
}
