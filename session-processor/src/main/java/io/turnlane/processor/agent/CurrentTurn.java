package io.turnlane.processor.agent;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Which turn the running code serves: bound for the time of the agent's call on the lane's thread, inherited by threads
 * that the agent forks in a structured scope, and gone when the call ends, so that nothing leaks between turns.
 *
 * @param attempt which run of the turn this is, from 1
 */
public record CurrentTurn(
        RequestId requestId, SessionId sessionId, @Nullable String userId, int attempt) {

    private static final ScopedValue<CurrentTurn> CURRENT = ScopedValue.newInstance();

    /** The turn that this code serves; empty outside of an agent's call. */
    public static Optional<CurrentTurn> get() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Runs the call as part of this turn. */
    public <T> T call(Callable<T> call) throws Exception {
        return ScopedValue.where(CURRENT, this).call(call::call);
    }
}
