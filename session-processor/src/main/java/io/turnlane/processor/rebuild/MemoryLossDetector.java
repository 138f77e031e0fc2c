package io.turnlane.processor.rebuild;

import io.turnlane.processor.turn.LostMemory;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.loss.LossMarkers;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Detects that Redis has lost memory, starts a rebuild of each partition, and makes the turns of the partition wait for
 * the rebuild. For this purpose, checks the loss markers, which are random values that Redis loses together with the
 * memory. Checks them when a partition is assigned, then every second, and whenever a turn finds data missing. Turns
 * also wait while Redis doesn't answer the check. When Redis answers again, no turn begins before the next check.
 *
 * <p>Threading: the poll thread reports assigned partitions. A scheduler's thread and the lane threads check markers,
 * one thread at a time under this object's monitor. Lane threads also check if their turns may begin. The state of each
 * partition has its own lock.
 */
public final class MemoryLossDetector implements LostMemory, PartitionAssignmentListener {

    /**
     * Maximum time that turns wait for a rebuild after Redis has restarted without losing its markers. Such a restart
     * rarely loses data, so it is not worth waiting for a complete pass over the log.
     */
    private static final Duration WAIT_AFTER_RESTART = Duration.ofSeconds(5);

    private final LossMarkers markers;
    private final PartitionRebuild rebuild;
    private final Executor executor;
    private final InstantSource clock;
    private final Duration wait;
    private final Map<Object, PartitionLossState> states = new ConcurrentHashMap<>();

    /**
     * @param executor runs rebuilds, each on a thread that may block
     * @param wait maximum time that a partition's turns wait for its rebuild
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
        partitions.forEach(partition -> states.put(partition, new PartitionLossState(partition)));
        executor.execute(this::checkMarkers);
    }

    /**
     * Checks the markers for all owned partitions. Starts a rebuild of each partition whose memory was lost. Blocks for
     * at most a few of the store's timeouts.
     */
    public synchronized void checkMarkers() {
        states.values().removeIf(state -> !state.partition().held());
        Collection<PartitionLossState> all = states.values();
        if (!all.isEmpty()) {
            compare(all);
        }
    }

    private void compare(Collection<PartitionLossState> all) {
        List<Integer> numbers =
                all.stream().map(state -> state.partition().number()).toList();
        try {
            LossMarkers.MarkerState marks = markers.readOrCreate(numbers);
            for (PartitionLossState state : all) {
                int number = state.partition().number();
                if (!marks.intact(number)) {
                    onLoss(state, marks.restarted(number) ? waitAfterRestart() : wait);
                }
                state.markChecked();
            }
        } catch (MemoryUnavailableException e) {
            all.forEach(PartitionLossState::markUnchecked);
        }
    }

    private Duration waitAfterRestart() {
        return wait.compareTo(WAIT_AFTER_RESTART) < 0 ? wait : WAIT_AFTER_RESTART;
    }

    private void onLoss(PartitionLossState state, Duration maxWait) {
        if (state.markLost(clock.instant(), maxWait)) {
            executor.execute(() -> {
                rebuild.rebuildUntilIntact(state.partition());
                state.markRebuilt(clock.instant());
            });
        }
    }

    /** Returns the partitions whose memory is being rebuilt, with the times at which the rebuilds began. */
    public Map<Integer, Instant> rebuilding() {
        Map<Integer, Instant> rebuilding = new HashMap<>();
        states.values().forEach(state -> {
            Instant since = state.lostSince();
            if (since != null) {
                rebuilding.put(state.partition().number(), since);
            }
        });
        return rebuilding;
    }

    @Override
    public boolean isReady(Claim claim) {
        PartitionLossState state = stateOf(claim);
        return state == null || state.isReady(clock.instant());
    }

    @Override
    public boolean reportMissing(Claim claim, boolean session) {
        checkMarkers();
        PartitionLossState state = stateOf(claim);
        // The processor has the session in its cache, so Redis lost it even if the markers are unchanged.
        if (session && state != null && !state.rebuiltWithin(clock.instant(), wait)) {
            onLoss(state, wait);
        }
        return !isReady(claim);
    }

    @Override
    public RestoreResult rebuild(Turn command) {
        PartitionLossState state = stateOf(command.claim());
        return state == null
                ? RestoreResult.FENCED
                : rebuild.rebuildSession(command.session(), state.partition(), command.requestId());
    }

    private @Nullable PartitionLossState stateOf(Claim claim) {
        return states.get(claim.assignmentKey());
    }
}
