package io.turnlane.chaos.fault;

import java.util.Set;

/**
 * What a fault did.
 *
 * @param at when, on the run's clock
 * @param healed when it was over
 * @param hit requests that were being answered where it struck
 * @param underWay how much work it hit: those, or a gateway's calls and streams, or what was asked or sent as the fault
 */
public record Injected(Fault fault, long at, long healed, Set<String> hit, int underWay) {

    public Injected {
        hit = Set.copyOf(hit);
    }
}
