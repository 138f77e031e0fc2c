package io.turnlane.store.memory;

import io.turnlane.model.PastTurn;
import java.util.List;
import java.util.Map;

/**
 * A session's memory: its last turns, oldest first, and the state that the agent of the turn has set in this session.
 *
 * @param damaged true if a stored turn could not be read and is left out
 * @param state the agent's own JSON object; empty if the agent has set none
 */
public record Memory(List<PastTurn> turns, boolean damaged, Map<String, Object> state) {

    public static final Memory EMPTY = new Memory(List.of(), false);

    public Memory {
        turns = List.copyOf(turns);
    }

    /** Creates a memory without a state. */
    public Memory(List<PastTurn> turns, boolean damaged) {
        this(turns, damaged, Map.of());
    }
}
