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
 * A Turnlane, through any of its gateways.
 *
 * <pre>{@code
 * Turnlane turnlane = Turnlane.at(URI.create("http://localhost:8080"));
 * AskedTurn turn = turnlane.ask(Question.of("What is impermanent loss?"));
 * TurnView end = turn.follow((view, news) -> show(view.text()));
 * }</pre>
 *
 * <p>A question carries an idempotency key: where a reply is lost it is sent again, and still asked once. Calls block;
 * any thread may make them, and an interrupt ends them.
 */
public final class TurnlaneClient {

    /** How long gateways that can't be reached are tried. */
    public static final Duration PATIENCE = Duration.ofMinutes(1);

    private final GatewayPool gateways;
    private final Duration patience;

    private TurnlaneClient(GatewayPool gateways, Duration patience) {
        this.gateways = gateways;
        this.patience = patience;
    }

    /** One gateway or several, without authentication; as {@link #with} otherwise. */
    public static TurnlaneClient at(URI... gateways) {
        return with(List.of(gateways), Optional::empty, PATIENCE);
    }

    /**
     * All that can be chosen.
     *
     * @param gateways {@code http://host:port} of each; where one fails the next is tried
     * @param token an API key or a JWT, asked for at each call; nothing where there is no authentication
     * @param patience how long gateways that can't be reached are tried before a call fails. One that takes a
     *     connection and doesn't answer is given up after ten seconds, and where there are others after its share of
     *     this
     */
    public static TurnlaneClient with(List<URI> gateways, Supplier<Optional<String>> token, Duration patience) {
        if (gateways.isEmpty()) {
            throw new IllegalArgumentException("name a gateway");
        }
        HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
        return new TurnlaneClient(new GatewayPool(http, gateways, token, patience), patience);
    }

    /**
     * Asks. Returns as soon as the question is on the log.
     *
     * @throws ProblemException where it is refused, such as {@code session_queue_full}
     * @throws IOException where no gateway could be reached in time: nobody knows whether it was asked, and asking the
     *     same {@link AskRequest} again finds out
     */
    public AskedTurn ask(AskRequest question) throws IOException, InterruptedException {
        JsonNode request =
                gateways.call(GatewayCall.keyed(question.path(), question.body(), question.idempotencyKey()));
        return turn(
                request.path("session_id").asString(""),
                request.path("request_id").asString(""));
    }

    /** A turn that was asked before, by whomever. */
    public AskedTurn turn(String sessionId, String requestId) {
        return new AskedTurn(gateways, patience, sessionId, requestId);
    }

    /**
     * Follows all turns of a session, over broken connections, until the listener has had enough.
     *
     * @param after a cursor to go on after; null to begin now
     * @param more told each event; false where it has had enough
     * @return the last cursor, to go on another time
     */
    public Optional<String> followSession(String sessionId, @Nullable String after, Predicate<TurnUpdate> more)
            throws IOException, InterruptedException {
        EventFeed feed =
                new EventFeed(gateways, GatewayPool.path("v1", "sessions", sessionId, "events"), after, patience);
        feed.read(more);
        return feed.cursor();
    }

    /**
     * Any other call of the contract, such as {@code call("GET", "/v1/sessions/s-1/turns", null)}. Sent again where its
     * reply is lost, but for a POST or PATCH, which might do its work twice.
     *
     * @param body what becomes its JSON; null where it has none
     * @return its JSON; a missing node where it has none
     */
    public JsonNode call(String method, String path, @Nullable Object body) throws IOException, InterruptedException {
        return gateways.call(GatewayCall.of(method, path, body));
    }
}
