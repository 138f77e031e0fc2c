package io.turnlane.chaos.scenario;

import io.turnlane.chaos.history.RunFolder;
import java.util.List;

/** Reads a run's folder and says what did not hold; it knows nothing of how the run came about. */
@FunctionalInterface
public interface Judge {

    /** A sentence for each violation. */
    List<String> judge(RunFolder folder);
}
