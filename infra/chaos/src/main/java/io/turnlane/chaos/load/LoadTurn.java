package io.turnlane.chaos.load;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An accepted question, as its client sees it. Any thread may set the end. The first end is kept.
 *
 * @param end terminal status, once a client has seen it
 */
public record LoadTurn(String session, String request, String canary, AtomicReference<@Nullable String> end) {

    LoadTurn(String session, String request, String canary) {
        this(session, request, canary, new AtomicReference<>());
    }

    /** Returns true if a client has seen the end. */
    public boolean ended() {
        return end.get() != null;
    }

    void ended(String status) {
        end.compareAndSet(null, status);
    }
}
