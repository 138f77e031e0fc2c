package io.turnlane.processor.lane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Keeps tasks until the test runs them, so that a test decides every order. For one thread. */
public final class SteppedExecutor implements Executor {

    private final List<Runnable> tasks = new ArrayList<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    public int waiting() {
        return tasks.size();
    }

    /** Runs the task that has waited longest. */
    public void step() {
        tasks.removeFirst().run();
    }

    /** Runs the task that came last. */
    public void stepLast() {
        tasks.removeLast().run();
    }

    /** Runs any of the waiting tasks. */
    public void step(RandomGenerator random) {
        tasks.remove(random.nextInt(tasks.size())).run();
    }

    public void runAll() {
        while (!tasks.isEmpty()) {
            step();
        }
    }
}
