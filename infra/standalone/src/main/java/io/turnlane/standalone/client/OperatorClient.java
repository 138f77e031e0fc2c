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
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Client that commands use to call gateways. Each call throws {@link io.turnlane.client.ProblemException} if the
 * gateway rejects it, and {@link IOException} if no gateway answers.
 */
public final class OperatorClient {

    /**
     * Maximum time for which the client retries a call. It is long enough for the restart of a gateway, and short
     * enough for a user who waits at a terminal.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Maximum time for which a gateway searches. */
    private static final Duration SEARCH = Duration.ofSeconds(10);

    private final List<URI> addresses;
    private final Optional<String> apiKey;
    private final TurnlaneClient turnlane;

    /**
     * Creates the client.
     *
     * @param addresses {@code http://host:port} of each gateway; if a gateway does not answer, the client tries the
     *     next one
     * @param apiKey bearer token of the calls; empty without authentication
     */
    public OperatorClient(List<URI> addresses, Optional<String> apiKey) {
        this.addresses = List.copyOf(addresses);
        this.apiKey = apiKey;
        this.turnlane = TurnlaneClient.with(this.addresses, () -> apiKey, PATIENCE);
    }

    /** Returns the addresses of the gateways. */
    public List<URI> addresses() {
        return addresses;
    }

    /** Returns a client for each gateway, to call each of them separately. */
    public List<OperatorClient> each() {
        return addresses.stream()
                .map(one -> new OperatorClient(List.of(one), apiKey))
                .toList();
    }

    /** Asks a question. */
    public AskedTurn ask(AskRequest question) throws IOException, InterruptedException {
        return turnlane.ask(question);
    }

    /** Returns the agents that running processors offer. */
    public JsonNode agents() throws IOException, InterruptedException {
        return turnlane.call("GET", "/v1/agents", null);
    }

    /** Returns the definition of a configured agent. */
    public JsonNode agent(String name) throws IOException, InterruptedException {
        return turnlane.call("GET", "/v1/agents/" + encoded(name), null);
    }

    /** Adds or replaces a configured agent. */
    public JsonNode putAgent(String name, Map<String, Object> definition) throws IOException, InterruptedException {
        return turnlane.call("PUT", "/v1/agents/" + encoded(name), definition);
    }

    /** Removes a configured agent. */
    public JsonNode removeAgent(String name, Optional<String> successor) throws IOException, InterruptedException {
        String query = successor.map(one -> "?successor=" + encoded(one)).orElse("");
        return turnlane.call("DELETE", "/v1/agents/" + encoded(name) + query, null);
    }

    /** Returns a list or report of the gateway for operators. */
    public JsonNode list(String path, Map<String, String> query) throws IOException, InterruptedException {
        String parameters = query.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
                .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
        return turnlane.get(path + parameters, SEARCH);
    }

    /** Returns the current statistics of gateways and processors. */
    public JsonNode stats() throws IOException, InterruptedException {
        return turnlane.call("GET", "/api/stats", null);
    }

    /**
     * Returns the timeline of a request with its steps.
     *
     * @param session session of the request, which must belong to the caller; empty to find the request as an operator
     */
    public JsonNode timeline(String request, Optional<String> session) throws IOException, InterruptedException {
        String path = session.map(id -> "/v1/sessions/" + encoded(id) + "/requests/" + request + "/timeline?steps=true")
                .orElse("/v1/ops/requests/" + request + "/timeline");
        return turnlane.call("GET", path, null);
    }

    /**
     * Returns a page of the quarantine, newest turn first.
     *
     * @param cursor {@code next} of the previous page; empty for the first page
     */
    public JsonNode quarantine(int limit, Optional<String> cursor) throws IOException, InterruptedException {
        String from = cursor.map(at -> "&cursor=" + encoded(at)).orElse("");
        return turnlane.call("GET", "/v1/quarantine?limit=" + limit + from, null);
    }

    /** Returns a quarantined turn by its id. */
    public JsonNode quarantined(String id) throws IOException, InterruptedException {
        return turnlane.call("GET", "/v1/quarantine/" + encoded(id), null);
    }

    /**
     * Redrives a quarantined turn: asks its question again.
     *
     * @param again true to redrive the turn even if it was redriven before
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
