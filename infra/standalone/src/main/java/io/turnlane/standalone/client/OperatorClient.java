package io.turnlane.standalone.client;

import io.turnlane.client.AskRequest;
import io.turnlane.client.AskedTurn;
import io.turnlane.client.TurnlaneClient;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The gateways as a command line sees them: what any client can do, and what operators do. All of it throws
 * {@link io.turnlane.client.ProblemException} where the gateway says no, and {@link IOException} where none answers.
 */
public final class OperatorClient {

    /** A person waits: long enough for a gateway that is starting again, and no longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<URI> addresses;
    private final Optional<String> apiKey;
    private final TurnlaneClient turnlane;

    /**
     * @param addresses {@code http://host:port} of each; where one doesn't answer the next is asked
     * @param apiKey sent as a bearer token where there is one
     */
    public OperatorClient(List<URI> addresses, Optional<String> apiKey) {
        this.addresses = List.copyOf(addresses);
        this.apiKey = apiKey;
        this.turnlane = TurnlaneClient.with(this.addresses, () -> apiKey, PATIENCE);
    }

    /** Where they are. */
    public List<URI> addresses() {
        return addresses;
    }

    /** Each by itself, for what is told of each. */
    public List<OperatorClient> each() {
        return addresses.stream()
                .map(one -> new OperatorClient(List.of(one), apiKey))
                .toList();
    }

    /** Asks a question. */
    public AskedTurn ask(AskRequest question) throws IOException, InterruptedException {
        return turnlane.ask(question);
    }

    /** Live figures. */
    public JsonNode stats() throws IOException, InterruptedException {
        return turnlane.call("GET", "/api/stats", null);
    }

    /** A page of the quarantine, newest first. */
    public JsonNode quarantine(int limit, Optional<String> cursor) throws IOException, InterruptedException {
        String from = cursor.map(at -> "&cursor=" + encoded(at)).orElse("");
        return turnlane.call("GET", "/v1/quarantine?limit=" + limit + from, null);
    }

    /** One quarantined turn. */
    public JsonNode quarantined(String id) throws IOException, InterruptedException {
        return turnlane.call("GET", "/v1/quarantine/" + encoded(id), null);
    }

    /**
     * Asks a quarantined turn again.
     *
     * @param again also where it was asked again before
     * @return the request resource of the new turn
     */
    public JsonNode redrive(String id, boolean again) throws IOException, InterruptedException {
        String path = "/v1/quarantine/" + encoded(id) + "/redrive" + (again ? "?again=true" : "");
        return turnlane.call("POST", path, Map.of());
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8);
    }
}
