package io.turnlane.gateway.fleet;

import io.turnlane.model.ProcessorStatistics;
import java.util.List;

/** What the processors that are alive say of themselves. Throws a data access exception where memory is away. */
public interface ProcessorDirectory {

    List<ProcessorStatistics> alive();
}
