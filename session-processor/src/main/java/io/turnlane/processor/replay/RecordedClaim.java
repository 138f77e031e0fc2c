package io.turnlane.processor.replay;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn;
import java.util.List;

/**
 * Claim (right to work on a record) of a replayed turn. No other processor works on the turn, and its offset is not
 * committed.
 */
final class RecordedClaim implements Turn.Claim {

    private static final long ONLY_FENCE = 1;

    private final RecordedTurn recorded;
    private final byte[] value;
    private int failures;

    /** @param value value of the turn's record */
    RecordedClaim(RecordedTurn recorded, byte[] value) {
        this.recorded = recorded;
        this.value = value;
    }

    @Override
    public long fence() {
        return ONLY_FENCE;
    }

    @Override
    public boolean held() {
        return true;
    }

    @Override
    public Object assignmentKey() {
        return this;
    }

    @Override
    public void renewFence() {}

    @Override
    public int countFailure() {
        return ++failures;
    }

    @Override
    public void onEnd(Runnable what) {}

    @Override
    public byte[] value() {
        return value;
    }

    @Override
    public void unload() {}

    @Override
    public void complete() {}

    @Override
    public void release() {}

    @Override
    public QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts) {
        QuarantinedTurn.RecordOrigin origin =
                new QuarantinedTurn.RecordOrigin("replay", recorded.partition(), recorded.offset());
        return new QuarantinedTurn(null, value, List.of(), error, attempts, origin);
    }
}
