package io.turnlane.bench.engine;

import io.turnlane.bench.engine.KeyedEngine.EngineStart;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Measures how many records an engine completes in a second. */
public final class EngineRate {

    private static final Duration FIRST_RECORD_LIMIT = Duration.ofSeconds(60);
    private static final int STEP_MILLIS = 2;

    private EngineRate() {}

    /**
     * Runs an engine until it has completed all records of the log, or until the time has passed.
     *
     * @param work time that the work on each record takes
     * @param time maximum time from the first record on
     * @return records per second, from the beginning of the first record on
     * @throws IllegalStateException if the engine does not begin with a record within a minute
     */
    public static double measure(EngineStart engine, EngineLog log, Duration work, Duration time)
            throws InterruptedException {
        RecordWork counted = new RecordWork(work, log.size());
        try (KeyedEngine _ = engine.start(log, counted)) {
            long limit = System.nanoTime() + FIRST_RECORD_LIMIT.toNanos();
            while (counted.firstBegin() == Long.MAX_VALUE) {
                if (System.nanoTime() > limit) {
                    throw new IllegalStateException("The engine did not begin with any record.");
                }
                TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
            }
            long end = counted.firstBegin() + time.toNanos();
            while (counted.reached() == 0 && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
            }
            long done = counted.done();
            long until = counted.reached() == 0 ? System.nanoTime() : counted.reached();
            return done / ((until - counted.firstBegin()) / 1e9);
        }
    }
}
