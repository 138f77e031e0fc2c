package io.turnlane.processor.rebuild;

import io.turnlane.processor.rebuild.recall.RecallLimits;
import io.turnlane.processor.rebuild.recall.SessionLog;
import io.turnlane.processor.turn.StepRetrier.Pause;
import io.turnlane.store.loss.LossMarkers;
import io.turnlane.store.loss.RebuildReport;
import io.turnlane.store.memory.SessionRestore;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Services, limits and settings that all rebuilds share.
 *
 * @param observer receives the report of each rebuilt partition
 * @param processor id of this processor, for reports
 * @param pause suspends the calling thread; can't be interrupted
 * @param passSlots limits the number of concurrent passes over the log, because each pass holds sessions in the heap
 */
public record RebuildKit(
        SessionLog sessionLog,
        SessionRestore restore,
        LossMarkers markers,
        Consumer<RebuildReport> observer,
        RecallLimits limits,
        String processor,
        InstantSource clock,
        Pause pause,
        Semaphore passSlots) {}
