package io.turnlane.processor.memory;

import io.turnlane.model.PastTurn;
import java.util.List;

/**
 * A session's last turns, oldest first, as one turn's agent sees them: those that were answered.
 *
 * @param damaged whether something stored for this session could not be read and is left out
 */
public record Memory(List<PastTurn> turns, boolean damaged) {

    public static final Memory EMPTY = new Memory(List.of(), false);

    public Memory {
        turns = List.copyOf(turns);
    }
}
