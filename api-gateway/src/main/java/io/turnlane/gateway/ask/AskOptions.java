package io.turnlane.gateway.ask;

import io.turnlane.model.Priority;
import io.turnlane.model.TurnPolicy;

/** How a question behaves towards others: of its session, and of all. */
public record AskOptions(TurnPolicy policy, Priority priority) {

    public static final AskOptions DEFAULT = new AskOptions(TurnPolicy.ENQUEUE, Priority.NORMAL);
}
