package io.turnlane.chaos.fault;

import java.util.Set;

/**
 * A fault that was injected and healed.
 *
 * @param at time at which the fault began, on the run's clock
 * @param healed time at which the fault was healed
 * @param hit requests that the agents of the target were answering when the fault began
 * @param underWay amount of work that the fault hit: open calls and streams of a gateway, injected questions or
 *     records, dropped replies, or otherwise the size of {@code hit}. {@value #SKIPPED} if this machine does not allow
 *     the fault
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
