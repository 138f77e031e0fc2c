package io.turnlane.processor.agent;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.Usage;
import io.turnlane.trace.TraceSpan;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Turn that the calling code works for. The processor sets it as a scoped value on the agent's thread for the duration
 * of the agent's call. Threads that the agent forks in a structured task scope inherit the value. After the call, the
 * thread has no current turn.
 *
 * @param attempt number of the attempt, from 1
 * @param traceparent W3C trace context for calls to other services; null if the client sent none and no trace is
 *     recorded
 * @param usage usage of the earlier attempts of the turn
 * @param span span of the agent's call, in which the agent can start others
 */
public record CurrentTurn(
        RequestId requestId,
        SessionId sessionId,
        @Nullable String userId,
        int attempt,
        @Nullable String traceparent,
        Usage usage,
        TraceSpan span) {

    private static final ScopedValue<CurrentTurn> CURRENT = ScopedValue.newInstance();

    /** Creates a turn that no trace records. */
    public CurrentTurn(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            int attempt,
            @Nullable String traceparent,
            Usage usage) {
        this(requestId, sessionId, userId, attempt, traceparent, usage, TraceSpan.forwarding(traceparent));
    }

    /** Creates a turn without earlier usage that no trace records. */
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

    /** Returns the span of the agent's call; {@link TraceSpan#NONE} outside of an agent's call. */
    public static TraceSpan currentSpan() {
        return CURRENT.isBound() ? CURRENT.get().span() : TraceSpan.NONE;
    }

    /** Runs the call. While it runs, {@link #get} returns this turn. */
    public <T> T call(Callable<T> call) throws Exception {
        return ScopedValue.where(CURRENT, this).call(call::call);
    }
}
