package io.turnlane.processor.rebuild;

import io.turnlane.processor.memory.SessionRestore;
import io.turnlane.processor.rebuild.recall.RecallLimits;
import io.turnlane.processor.rebuild.recall.SessionLog;
import io.turnlane.processor.turn.StepRetrier.Pause;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** What every rebuild needs; all of it shared by all of them. */
public record RebuildKit(RebuildPorts ports, RecallLimits limits, RebuildEnvironment environment) {

    /**
     * Where a rebuild reaches out to.
     *
     * @param observer is told of each partition that was rebuilt
     */
    public record RebuildPorts(
            SessionLog sessionLog, SessionRestore restore, LossMarkers markers, Consumer<RebuildReport> observer) {}

    /**
     * Time and threads.
     *
     * @param processor its name, for reports
     * @param pause lets the calling thread wait; can't be interrupted
     * @param passSlots so many passes over the log may run at once, for each holds sessions in memory
     */
    public record RebuildEnvironment(String processor, InstantSource clock, Pause pause, Semaphore passSlots) {}
}
