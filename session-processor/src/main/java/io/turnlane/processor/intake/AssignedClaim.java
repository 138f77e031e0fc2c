package io.turnlane.processor.intake;

import io.turnlane.processor.turn.Turn.Claim;
import java.util.ArrayList;
import java.util.List;

/**
 * Claim under an assignment of a partition, with the callbacks that run when the claim ends.
 *
 * <p>Threading: any thread may call any method. The object's monitor guards the state.
 */
abstract class AssignedClaim implements Claim {

    private final Assignment assignment;
    private final List<Runnable> endCallbacks = new ArrayList<>();
    private boolean ended;
    private int failures;

    AssignedClaim(Assignment assignment) {
        this.assignment = assignment;
    }

    final Assignment assignment() {
        return assignment;
    }

    @Override
    public final long fence() {
        return assignment.fence();
    }

    @Override
    public final boolean held() {
        return assignment.held();
    }

    @Override
    public final Object assignmentKey() {
        return assignment;
    }

    @Override
    public final void renewFence() {
        assignment.renewFence();
    }

    @Override
    public final synchronized int countFailure() {
        return ++failures;
    }

    @Override
    public final void onEnd(Runnable callback) {
        synchronized (this) {
            if (!ended) {
                endCallbacks.add(callback);
                return;
            }
        }
        callback.run();
    }

    final synchronized boolean hasEnded() {
        return ended;
    }

    /**
     * Ends the claim and then runs the callbacks. Returns false without any effect if the claim had already ended.
     *
     * @param change change of state that belongs to the end; runs under this object's monitor
     */
    final boolean end(Runnable change) {
        List<Runnable> callbacks;
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            change.run();
            callbacks = List.copyOf(endCallbacks);
        }
        callbacks.forEach(Runnable::run);
        return true;
    }
}
