package io.turnlane.bench.micro;

import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Time to add an item to a lane and to run an item, on one thread and without any work. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LaneBenchmark {

    /** Number of lanes, which receive items in turn. */
    @Param({"1", "1000"})
    public int lanes;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private LaneScheduler<Integer, Long> scheduler;
    private long next;

    @Setup
    public void create() {
        scheduler = new LaneScheduler<>(
                1000,
                tasks::add,
                (_, _) -> {
                    throw new IllegalStateException("no item waits");
                },
                item -> item,
                (_, _) -> LaneOutcome.DONE,
                (_, _) -> {});
    }

    @Benchmark
    public long offerAndRun() {
        next++;
        scheduler.offer((int) (next % lanes), next);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        return next;
    }
}
