package io.turnlane.bench.subject;

import io.turnlane.bench.load.LoadResult;
import io.turnlane.bench.load.LoadShape;
import java.util.List;

/** A subject under another name, for scenarios that measure the same subject under several conditions. */
public record RenamedSubject(String name, Subject original) implements Subject {

    @Override
    public LoadResult run(LoadShape shape) throws Exception {
        return original.run(shape);
    }

    @Override
    public List<ProcessHandle> processes() {
        return original.processes();
    }
}
