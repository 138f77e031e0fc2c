package io.turnlane.bench.subject;

import io.turnlane.bench.load.LoadResult;
import io.turnlane.bench.load.LoadShape;
import java.util.List;

/** A system whose answers are measured. Used by one thread. */
public interface Subject extends AutoCloseable {

    /** Returns the name for tables and plots, for example {@code bare path}. */
    String name();

    /** Creates the load and returns when all answers have arrived, or after a bounded time. */
    LoadResult run(LoadShape shape) throws Exception;

    /** Returns the processes that serve only this subject; empty if it runs in the process of the generator. */
    default List<ProcessHandle> processes() {
        return List.of();
    }

    /** Ends what the subject has started in this process. */
    @Override
    default void close() {}
}
