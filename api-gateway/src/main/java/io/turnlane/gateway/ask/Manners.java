package io.turnlane.gateway.ask;

import io.turnlane.model.Priority;
import io.turnlane.model.TurnPolicy;

/** How a question behaves towards others: of its session, and of all. */
public record Manners(TurnPolicy policy, Priority priority) {

    public static final Manners PLAIN = new Manners(TurnPolicy.ENQUEUE, Priority.NORMAL);
}
