package io.turnlane.processor.past;

import io.turnlane.model.AgentStates;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.store.memory.EndedTurn;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question that has begun, with the memory with which its agent was called.
 *
 * @param ask the question as its agent received it, including the questions merged into it
 * @param startedAt time at which its last attempt began; null if the log does not show it
 * @param turns last ended turns of the session, oldest first
 * @param unknownTurns number of further turns that had ended, but whose terminal events the log no longer contains
 * @param initialTurns turns of the import or fork with which the session's life began; they precede {@code turns}
 * @param states states of the session's agents
 */
public record BegunTurn(
        Ask ask,
        CommandPosition position,
        @Nullable Instant startedAt,
        List<EndedTurn> turns,
        int unknownTurns,
        List<PastTurn> initialTurns,
        AgentStates states) {}
