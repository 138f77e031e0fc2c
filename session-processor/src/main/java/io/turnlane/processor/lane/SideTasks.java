package io.turnlane.processor.lane;

import io.turnlane.processor.lane.Lane.QueuedSideTask;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Runs the side tasks of a scheduler's lanes. The side tasks of one lane run one at a time.
 *
 * <p>Not thread-safe: every call is made under the lock of the {@link LaneScheduler}. The tasks themselves run on the
 * executor, without the lock.
 */
final class SideTasks<K, T> {

    private final Lanes<K, T> lanes;
    private final Executor executor;
    private final Consumer<Runnable> change;
    private int running;

    /** @param change runs a step that changes lanes under the lock, and starts the lanes that are then ready */
    SideTasks(Lanes<K, T> lanes, Executor executor, Consumer<Runnable> change) {
        this.lanes = lanes;
        this.executor = executor;
        this.change = change;
    }

    int running() {
        return running;
    }

    /** Queues a side task for each matching item of this key. Returns their number. */
    int submit(K key, Function<Lane<K, T>, List<T>> matching, SideTask<T> task) {
        Lane<K, T> lane = lanes.get(key);
        if (lane == null) {
            return 0;
        }
        List<T> waiting = matching.apply(lane);
        waiting.forEach(item -> lane.addSideTask(new QueuedSideTask<>(item, task)));
        startNext(lane);
        return waiting.size();
    }

    private void startNext(Lane<K, T> lane) {
        if (lane.isSideTaskDue()) {
            running++;
            QueuedSideTask<T> sideTask = lane.beginSideTask();
            executor.execute(() -> run(lane, sideTask));
        }
    }

    private void run(Lane<K, T> lane, QueuedSideTask<T> sideTask) {
        Collection<T> ended = List.of();
        try {
            List<T> ahead = new ArrayList<>();
            change.accept(() -> ahead.addAll(lane.itemsAhead(sideTask.item())));
            ended = sideTask.task().run(sideTask.item(), ahead);
        } finally {
            ended(lane, ended);
        }
    }

    private void ended(Lane<K, T> lane, Collection<T> ended) {
        change.accept(() -> {
            running--;
            lanes.endSideTask(lane, ended);
            startNext(lane);
        });
    }
}
