package io.turnlane.client;

import io.turnlane.client.GatewayPool.GatewayCall;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A client for one Turnlane installation, reached through any of its gateways.
 *
 * <pre>{@code
 * TurnlaneClient turnlane = TurnlaneClient.at(URI.create("http://localhost:8080"));
 * AskedTurn turn = turnlane.ask(AskRequest.of("What is impermanent loss?"));
 * TurnView end = turn.follow((view, update) -> show(view.text()));
 * }</pre>
 *
 * <p>Each question carries an idempotency key. If a reply is lost, the client sends the question again with the same
 * key, and the gateway does not ask the question a second time. Calls block until they return or the calling thread is
 * interrupted. Any thread may call any method.
 */
public final class TurnlaneClient {

    /** Default time to keep trying gateways that cannot be reached. */
    public static final Duration PATIENCE = Duration.ofMinutes(1);

    private final GatewayPool gateways;
    private final Duration patience;

    private TurnlaneClient(GatewayPool gateways, Duration patience) {
        this.gateways = gateways;
        this.patience = patience;
    }

    /** Returns a client without authentication for one or several gateways, with the default {@link #PATIENCE}. */
    public static TurnlaneClient at(URI... gateways) {
        return with(List.of(gateways), Optional::empty, PATIENCE);
    }

    /**
     * Returns a client.
     *
     * @param gateways {@code http://host:port} of each gateway; if one fails, the client tries the next
     * @param token supplies an API key or a JWT for each call; empty without authentication
     * @param patience time to keep trying before a call fails. The client waits up to 10 s for an answer. With several
     *     gateways, it waits an equal share of {@code patience}, from 1 s to 10 s, and then tries the next gateway
     */
    public static TurnlaneClient with(List<URI> gateways, Supplier<Optional<String>> token, Duration patience) {
        if (gateways.isEmpty()) {
            throw new IllegalArgumentException("at least one gateway is required");
        }
        HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
        return new TurnlaneClient(new GatewayPool(http, gateways, token, patience), patience);
    }

    /**
     * Asks a question. Returns as soon as the question is in the log.
     *
     * @throws ProblemException if a gateway rejects the question, for example with {@code session_queue_full}
     * @throws IOException if no gateway answered in time. The question may have been accepted; asking the same
     *     {@link AskRequest} again is safe and returns the accepted turn
     */
    public AskedTurn ask(AskRequest question) throws IOException, InterruptedException {
        JsonNode request =
                gateways.call(GatewayCall.keyed(question.path(), question.body(), question.idempotencyKey()));
        return turn(
                request.path("session_id").asString(""),
                request.path("request_id").asString(""));
    }

    /**
     * Asks several questions in one call. Returns as soon as the accepted questions are in the log. A question that is
     * not accepted does not affect the others; {@link AskedBatch#results} has its error.
     *
     * @throws ProblemException if a gateway rejects the batch or all of its questions
     * @throws IOException if no gateway answered in time. Questions may have been accepted; asking the same
     *     {@link BatchRequest} again is safe and returns the batch
     */
    public AskedBatch askAll(BatchRequest batch) throws IOException, InterruptedException {
        JsonNode accepted = gateways.call(GatewayCall.keyed("/v1/batches", batch.body(), batch.idempotencyKey()));
        return batch(accepted.path("batch_id").asString(""));
    }

    /** Returns a handle for a batch that was asked earlier, by any client. */
    public AskedBatch batch(String batchId) {
        return new AskedBatch(gateways, batchId);
    }

    /** Returns a handle for a turn that was asked earlier, by any client. */
    public AskedTurn turn(String sessionId, String requestId) {
        return new AskedTurn(gateways, patience, sessionId, requestId);
    }

    /**
     * Follows all turns of a session, across reconnects, until the listener returns false.
     *
     * @param after cursor to resume after; null to start with the next event
     * @param listener receives each event; returns true to receive further events
     * @return the last cursor, for resuming later
     */
    public Optional<String> followSession(String sessionId, @Nullable String after, Predicate<TurnUpdate> listener)
            throws IOException, InterruptedException {
        EventFeed feed =
                new EventFeed(gateways, GatewayPool.path("v1", "sessions", sessionId, "events"), after, patience);
        feed.read(listener);
        return feed.cursor();
    }

    /**
     * Makes any other API call, for example {@code call("GET", "/v1/sessions/s-1/turns", null)}. If the reply is lost,
     * the client repeats the call. It does not repeat POST and PATCH, because these could take effect twice.
     *
     * @param body value to send as JSON; null for no body
     * @return the JSON of the response; a missing node if it has no body
     */
    public JsonNode call(String method, String path, @Nullable Object body) throws IOException, InterruptedException {
        return gateways.call(GatewayCall.of(method, path, body));
    }

    /**
     * Makes a GET call that the gateway may take long to answer.
     *
     * @param serverWait time that the gateway may need; the client waits this much longer for the answer
     */
    public JsonNode get(String path, Duration serverWait) throws IOException, InterruptedException {
        return gateways.call(new GatewayCall("GET", path, null, null, true, serverWait));
    }
}
