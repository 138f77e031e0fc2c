package io.turnlane.processor.rebuild;

import io.turnlane.processor.memory.MemoryUnavailableException;
import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.turn.LostMemory;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.Claim;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that memory was lost, has it rebuilt, and lets the partition's turns wait meanwhile. It looks when a
 * partition comes, then each second, and whenever a turn misses something. While the store doesn't answer nobody can
 * tell: turns wait then, too, so that none begins between the store's return and the look at it.
 *
 * <p>Threading: the poll thread tells of partitions, a scheduler's thread and lanes' threads look, one at a time;
 * lanes' threads ask whether they may go on. Each partition guards its own state.
 */
public final class MemoryLossDetector implements LostMemory, PartitionAssignmentListener {

    /** After a restart most often nothing is missing: a turn doesn't wait for a whole pass over the log to say so. */
    private static final Duration WAIT_AFTER_RESTART = Duration.ofSeconds(5);

    private final LossMarkers markers;
    private final PartitionRebuild rebuild;
    private final Executor executor;
    private final InstantSource clock;
    private final Duration wait;
    private final Map<Object, PartitionLossState> watched = new ConcurrentHashMap<>();
    private final ReentrantLock looking = new ReentrantLock();

    /**
     * @param executor runs rebuilds, each on a thread that may block
     * @param wait how long a partition's turns wait for its memory
     */
    public MemoryLossDetector(
            LossMarkers markers, PartitionRebuild rebuild, Executor executor, InstantSource clock, Duration wait) {
        this.markers = markers;
        this.rebuild = rebuild;
        this.executor = executor;
        this.clock = clock;
        this.wait = wait;
    }

    @Override
    public void partitionsAssigned(Collection<? extends HeldPartition> partitions) {
        partitions.forEach(partition -> watched.put(partition, new PartitionLossState(partition)));
        executor.execute(this::checkMarkers);
    }

    /** Compares the markers with what is known of the partitions held. Blocks for at most the store's time limit. */
    public void checkMarkers() {
        looking.lock();
        try {
            watched.values().removeIf(one -> !one.partition().held());
            Collection<PartitionLossState> all = watched.values();
            if (!all.isEmpty()) {
                compare(all);
            }
        } finally {
            looking.unlock();
        }
    }

    private void compare(Collection<PartitionLossState> all) {
        List<Integer> numbers =
                all.stream().map(one -> one.partition().number()).toList();
        try {
            LossMarkers.MarkerState marks = markers.readOrCreate(numbers);
            for (PartitionLossState one : all) {
                int number = one.partition().number();
                if (!marks.intact(number)) {
                    lost(one, marks.restarted(number) ? waitAfterRestart() : wait);
                }
                one.markChecked();
            }
        } catch (MemoryUnavailableException e) {
            all.forEach(PartitionLossState::markUnchecked);
        }
    }

    private Duration waitAfterRestart() {
        return wait.compareTo(WAIT_AFTER_RESTART) < 0 ? wait : WAIT_AFTER_RESTART;
    }

    /** @param longest how long its turns wait */
    private void lost(PartitionLossState one, Duration longest) {
        if (one.markLost(clock.instant(), longest)) {
            executor.execute(() -> {
                rebuild.rebuildUntilIntact(one.partition());
                one.markRebuilt(clock.instant());
            });
        }
    }

    @Override
    public boolean isReady(Claim claim) {
        PartitionLossState one = of(claim);
        return one == null || one.ready(clock.instant());
    }

    /** A session that this processor knows doesn't vanish by itself: that alone tells, whatever the markers say. */
    @Override
    public boolean reportMissing(Claim claim, boolean session) {
        checkMarkers();
        PartitionLossState one = of(claim);
        if (session && one != null && !one.rebuiltWithin(clock.instant(), wait)) {
            lost(one, wait);
        }
        return !isReady(claim);
    }

    @Override
    public RestoreResult rebuild(Turn command) {
        PartitionLossState one = of(command.claim());
        return one == null
                ? RestoreResult.FENCED
                : rebuild.rebuildSession(command.session(), one.partition(), command.requestId());
    }

    private @Nullable PartitionLossState of(Claim claim) {
        return watched.get(claim.assignmentKey());
    }
}
