package io.turnlane.processor.agent;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.Usage;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Turn that the calling code works for. The processor sets it as a scoped value on the agent's thread for the duration
 * of the agent's call. Threads that the agent forks in a structured task scope inherit the value. After the call, the
 * thread has no current turn.
 *
 * @param attempt number of the attempt, from 1
 * @param traceparent W3C trace context of the client that asked, for calls to other services; null if it sent none
 * @param usage usage of the earlier attempts of the turn
 */
public record CurrentTurn(
        RequestId requestId,
        SessionId sessionId,
        @Nullable String userId,
        int attempt,
        @Nullable String traceparent,
        Usage usage) {

    private static final ScopedValue<CurrentTurn> CURRENT = ScopedValue.newInstance();

    /** Creates a turn without earlier usage. */
    public CurrentTurn(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            int attempt,
            @Nullable String traceparent) {
        this(requestId, sessionId, userId, attempt, traceparent, Usage.NONE);
    }

    /** Returns the turn that this code works for, or empty outside of an agent's call. */
    public static Optional<CurrentTurn> get() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Runs the call. While it runs, {@link #get} returns this turn. */
    public <T> T call(Callable<T> call) throws Exception {
        return ScopedValue.where(CURRENT, this).call(call::call);
    }
}
