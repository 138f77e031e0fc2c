package io.turnlane.client;

import io.turnlane.client.GatewayPool.GatewayCall;
import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A question that was accepted: it will have its end, whoever looks. Any thread may call it. */
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

    /** The session that it belongs to. */
    public String sessionId() {
        return sessionId;
    }

    /** Its own name. */
    public String requestId() {
        return requestId;
    }

    /**
     * Follows the turn from its first event to its end, over broken connections; returns when it has ended.
     *
     * @throws ProblemException where a gateway says no, such as {@code not_found}
     * @throws IOException where no gateway could be reached in time
     */
    public TurnView follow(TurnListener listener) throws IOException, InterruptedException {
        TurnView view = new TurnView();
        new EventFeed(gateways, path() + "/events", null, patience).read(news -> {
            if (view.apply(news)) {
                listener.onUpdate(view, news);
            }
            return !view.status().terminal();
        });
        while (!view.status().terminal()) {
            view.applyFinalState(gateways.call(GatewayCall.poll(path(), POLL)));
        }
        return view;
    }

    /** Waits for the end and tells nobody what comes before it. As {@link #follow}. */
    public TurnView await() throws IOException, InterruptedException {
        return follow((turn, news) -> {});
    }

    /** The request resource as it stands. */
    public JsonNode request() throws IOException, InterruptedException {
        return gateways.call(GatewayCall.get(path()));
    }

    /**
     * Asks to stop it. Whether it was stopped in time, its end tells: {@code cancelled} or what came first.
     *
     * @return the request resource as it stands
     */
    public JsonNode cancel() throws IOException, InterruptedException {
        return gateways.call(GatewayCall.repeatable(path() + "/cancel"));
    }

    private String path() {
        return GatewayPool.path("v1", "sessions", sessionId, "requests", requestId);
    }
}
