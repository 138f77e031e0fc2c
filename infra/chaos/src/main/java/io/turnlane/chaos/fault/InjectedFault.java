package io.turnlane.chaos.fault;

import java.util.Set;

/**
 * A fault that was injected and healed.
 *
 * @param at time at which the fault began, on the run's clock
 * @param healed time at which the fault was healed
 * @param hit requests that the agents of the target were answering when the fault began
 * @param underWay amount of work that the fault hit, or {@value #SKIPPED} if this machine does not allow the fault. For
 *     a gateway, the number of its open calls and streams. For a fault that consists of questions, records or dropped
 *     replies, their number. Otherwise the number of requests in {@code hit}.
 */
public record InjectedFault(Fault fault, long at, long healed, Set<String> hit, int underWay) {

    static final int SKIPPED = -1;

    public InjectedFault {
        hit = Set.copyOf(hit);
    }

    /** Returns true unless the fault was skipped. */
    public boolean done() {
        return underWay != SKIPPED;
    }
}
