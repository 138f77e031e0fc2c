package io.turnlane.processor.turn;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.TurnError;
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
    int failures;

    @Override
    public long fence() {
        return held ? 1 + renewals : 1; // a partition that left gets no newer token
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
        throw new UnsupportedOperationException("these tests have no deep lanes");
    }

    @Override
    public int countFailure() {
        return ++failures;
    }

    @Override
    public void onEnd(Runnable callback) {}

    @Override
    public void renewFence() {
        renewals++;
    }

    @Override
    public void complete() {
        completed++;
    }

    @Override
    public void release() {
        released++;
    }

    @Override
    public QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts) {
        return new QuarantinedTurn(
                null, null, List.of(), error, attempts, new QuarantinedTurn.RecordOrigin("turns", 0, 7));
    }
}
