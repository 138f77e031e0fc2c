package io.turnlane.chaos.load;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A question that was accepted, as its client knows it. Any thread may end it, once.
 *
 * @param end its terminal status, once a client has seen it
 */
public record LoadTurn(String session, String request, String canary, AtomicReference<@Nullable String> end) {

    LoadTurn(String session, String request, String canary) {
        this(session, request, canary, new AtomicReference<>());
    }

    /** Whether a client has seen its end. */
    public boolean ended() {
        return end.get() != null;
    }

    void ended(String status) {
        end.compareAndSet(null, status);
    }
}
