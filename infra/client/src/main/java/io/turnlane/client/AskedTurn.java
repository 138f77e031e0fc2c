package io.turnlane.client;

import io.turnlane.client.GatewayPool.GatewayCall;
import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A handle for an accepted question. The turn runs to its end even if no client follows it. Thread-safe. */
public final class AskedTurn {

    private static final Duration POLL = Duration.ofSeconds(20);

    private final GatewayPool gateways;
    private final Duration patience;
    private final String sessionId;
    private final String requestId;

    AskedTurn(GatewayPool gateways, Duration patience, String sessionId, String requestId) {
        this.gateways = gateways;
        this.patience = patience;
        this.sessionId = sessionId;
        this.requestId = requestId;
    }

    /** Returns the id of the turn's session. */
    public String sessionId() {
        return sessionId;
    }

    /** Returns the request id, which identifies the turn. */
    public String requestId() {
        return requestId;
    }

    /**
     * Follows the turn from its first event to its end, and reconnects if a connection breaks. Returns when the turn
     * has ended.
     *
     * @throws ProblemException if a gateway rejects the call, for example with {@code not_found}
     * @throws IOException if no gateway answered in time
     */
    public TurnView follow(TurnListener listener) throws IOException, InterruptedException {
        TurnView view = new TurnView();
        new EventFeed(gateways, path() + "/events", null, patience).read(update -> {
            if (view.apply(update)) {
                listener.onUpdate(view, update);
            }
            return !view.status().isTerminal();
        });
        while (!view.status().isTerminal()) {
            view.applyFinalState(gateways.call(GatewayCall.poll(path(), POLL)));
        }
        return view;
    }

    /** Waits for the end of the turn. Throws the same exceptions as {@link #follow}. */
    public TurnView await() throws IOException, InterruptedException {
        return follow((turn, update) -> {});
    }

    /** Returns the current request resource. */
    public JsonNode request() throws IOException, InterruptedException {
        return gateways.call(GatewayCall.get(path()));
    }

    /**
     * Requests the cancellation of the turn. If the turn ends before the cancel takes effect, it keeps its other
     * terminal status.
     *
     * @return the current request resource
     */
    public JsonNode cancel() throws IOException, InterruptedException {
        return gateways.call(GatewayCall.repeatable(path() + "/cancel"));
    }

    private String path() {
        return GatewayPool.path("v1", "sessions", sessionId, "requests", requestId);
    }
}
