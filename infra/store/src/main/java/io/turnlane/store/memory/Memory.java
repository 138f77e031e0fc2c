package io.turnlane.store.memory;

import io.turnlane.model.PastTurn;
import java.util.List;

/**
 * A session's history: its last turns, oldest first.
 *
 * @param damaged true if a stored turn could not be read and is left out
 */
public record Memory(List<PastTurn> turns, boolean damaged) {

    public static final Memory EMPTY = new Memory(List.of(), false);

    public Memory {
        turns = List.copyOf(turns);
    }
}
