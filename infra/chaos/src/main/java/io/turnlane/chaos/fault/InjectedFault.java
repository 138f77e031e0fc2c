package io.turnlane.chaos.fault;

/**
 * A fault that was injected and healed.
 *
 * @param at time at which the fault began, on the run's clock
 * @param healed time at which the fault was healed
 * @param underWay amount of work that the fault hit: open calls and streams of a gateway, injected questions or
 *     records, dropped replies, or otherwise running turns of the target. {@value #SKIPPED} if this machine does not
 *     allow the fault
 */
public record InjectedFault(Fault fault, long at, long healed, int underWay) {

    static final int SKIPPED = -1;

    /** Returns true unless the fault was skipped. */
    public boolean done() {
        return underWay != SKIPPED;
    }
}
