package io.turnlane.processor.turn;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.TurnError;
import java.util.List;

/** A claim that counts what is done to it. For one thread. */
final class FakeClaim implements Turn.Claim {

    byte[] value = new byte[0];
    Object lease = this;
    boolean held = true;
    boolean gone;
    int unavailable;
    int completed;
    int letGo;
    int renewals;

    @Override
    public long fence() {
        return held ? 1 + renewals : 1; // no newer token for a partition that left
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
            throw new Turn.LogUnavailableException("away", null);
        }
        return value;
    }

    @Override
    public void unload() {
        throw new UnsupportedOperationException("no lane here is deep");
    }

    @Override
    public void onEnd(Runnable what) {}

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
        letGo++;
    }

    @Override
    public QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts) {
        return new QuarantinedTurn(
                null, null, List.of(), error, attempts, new QuarantinedTurn.RecordOrigin("turns", 0, 7));
    }
}
