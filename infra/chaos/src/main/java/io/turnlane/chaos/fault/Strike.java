package io.turnlane.chaos.fault;

import java.time.Duration;
import java.util.Set;

/**
 * Beginning of a fault.
 *
 * @param target {@link Fault#target}
 * @param hold {@link Fault#hold}
 * @param amount {@link Fault#amount}
 * @param hit requests that the agents of the target are answering; if the target is not a processor, those of all
 *     agents
 * @param underWay amount of work in progress: open calls and streams if the target is a gateway, otherwise the size of
 *     {@code hit}
 */
record Strike(String target, Duration hold, int amount, Set<String> hit, int underWay) {

    Strike {
        hit = Set.copyOf(hit);
    }
}
