package io.turnlane.processor.lane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Executor that keeps tasks until a test runs them, so that the test decides their order. For one thread. */
public final class SteppedExecutor implements Executor {

    private final List<Runnable> tasks = new ArrayList<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Returns the number of tasks that wait. */
    public int waiting() {
        return tasks.size();
    }

    /** Runs the task that has waited longest. */
    public void step() {
        tasks.removeFirst().run();
    }

    /** Runs the task that was added last. */
    public void stepLast() {
        tasks.removeLast().run();
    }

    /** Runs one of the waiting tasks, chosen at random. */
    public void step(RandomGenerator random) {
        tasks.remove(random.nextInt(tasks.size())).run();
    }

    /** Runs all tasks, including those that are added meanwhile. */
    public void runAll() {
        while (!tasks.isEmpty()) {
            step();
        }
    }
}
