package io.turnlane.gateway.fleet;

import io.turnlane.model.ProcessorStatistics;
import java.util.List;

/** Directory of the processors that are alive. */
public interface ProcessorDirectory {

    /** Returns the latest statistics of each live processor. Throws a data access exception if Redis is unavailable. */
    List<ProcessorStatistics> alive();
}
