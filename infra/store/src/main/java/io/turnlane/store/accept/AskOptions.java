package io.turnlane.store.accept;

import io.turnlane.model.Priority;
import io.turnlane.model.TurnPolicy;

/**
 * Scheduling options of a question.
 *
 * @param policy treatment if the session is busy with an earlier turn
 * @param priority order among the turns of all sessions
 */
public record AskOptions(TurnPolicy policy, Priority priority) {

    public static final AskOptions DEFAULT = new AskOptions(TurnPolicy.ENQUEUE, Priority.NORMAL);
}
