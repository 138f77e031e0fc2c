package io.turnlane.processor.replay;

import io.turnlane.model.RequestId;
import java.util.Optional;

/** Results of a replay, which outlast its process. Thread-safe. */
public interface ReplayResults {

    /** Returns true if this turn has a result. */
    boolean contains(RequestId request);

    /** Returns the result of a turn; empty if it has none. */
    Optional<ComparedTurn> find(RequestId request);

    /** Adds a result. Returns when the operating system has it, so that it survives the end of this process. */
    void add(ComparedTurn turn);
}
