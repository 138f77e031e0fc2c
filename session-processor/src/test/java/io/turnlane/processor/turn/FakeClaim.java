package io.turnlane.processor.turn;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.TurnError;
import java.util.ArrayList;
import java.util.List;

/** Claim that counts the calls it receives. For one thread. */
final class FakeClaim implements Turn.Claim {

    byte[] value = new byte[0];
    Object lease = this;
    boolean held = true;
    boolean gone;
    int unavailable;
    int completed;
    int released;
    int renewals;

    /** False if the poll thread acquires a newer fence only when a test calls {@link #acquireFence}. */
    boolean acquiresFenceAtOnce = true;

    private long newerFences;
    int failures;
    boolean unloaded;

    /** Runs when the claim is completed. */
    Runnable whenCompleted = () -> {};

    private final List<Runnable> endCallbacks = new ArrayList<>();

    @Override
    public long fence() {
        return held ? 1 + newerFences : 1; // a partition that left gets no newer token
    }

    @Override
    public boolean held() {
        return held;
    }

    @Override
    public Object assignmentKey() {
        return lease;
    }

    @Override
    public byte[] value() throws Turn.RecordGoneException {
        if (gone) {
            throw new Turn.RecordGoneException();
        }
        if (unavailable-- > 0) {
            throw new Turn.LogUnavailableException("unavailable", null);
        }
        return value;
    }

    @Override
    public void unload() {
        unloaded = true;
    }

    @Override
    public int countFailure() {
        return ++failures;
    }

    @Override
    public void onEnd(Runnable callback) {
        endCallbacks.add(callback);
    }

    @Override
    public void renewFence() {
        renewals++;
        if (acquiresFenceAtOnce) {
            acquireFence();
        }
    }

    void acquireFence() {
        newerFences++;
    }

    @Override
    public void complete() {
        completed++;
        whenCompleted.run();
        endCallbacks.forEach(Runnable::run);
    }

    @Override
    public void release() {
        released++;
        endCallbacks.forEach(Runnable::run);
    }

    @Override
    public QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts) {
        return new QuarantinedTurn(
                null, null, List.of(), error, attempts, new QuarantinedTurn.RecordOrigin("turns", 0, 7));
    }
}
