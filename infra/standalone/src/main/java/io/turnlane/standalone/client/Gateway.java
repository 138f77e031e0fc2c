package io.turnlane.standalone.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gateway as a client sees it. For one thread.
 *
 * @param address {@code http://host:port}
 * @param apiKey sent as a bearer token where there is one
 */
public record Gateway(URI address, Optional<String> apiKey) {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** The gateway didn't do what it was asked; the message is the reason it gave. */
    public static final class RefusedException extends IOException {
        RefusedException(String reason) {
            super(reason);
        }
    }

    /** Live figures. */
    public JsonNode stats() throws IOException, InterruptedException {
        return json(HTTP.send(request("/api/stats").timeout(LIMIT).build(), BodyHandlers.ofByteArray()));
    }

    /**
     * Asks a question.
     *
     * @param sessionId the session it goes on with; where there is none, a new one
     * @return the request resource
     */
    public JsonNode ask(String question, Optional<String> sessionId, Optional<String> agent)
            throws IOException, InterruptedException {
        Map<String, String> body =
                agent.map(name -> Map.of("question", question, "agent", name)).orElse(Map.of("question", question));
        HttpRequest post = request(sessionId
                        .map(sid -> "/v1/sessions/" + encoded(sid) + "/requests")
                        .orElse("/v1/requests"))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        return json(HTTP.send(post, BodyHandlers.ofByteArray()));
    }

    /** A page of the quarantine, newest first. */
    public JsonNode quarantine(int limit, Optional<String> cursor) throws IOException, InterruptedException {
        String query =
                "?limit=" + limit + cursor.map(at -> "&cursor=" + encoded(at)).orElse("");
        return json(HTTP.send(request("/v1/quarantine" + query).timeout(LIMIT).build(), BodyHandlers.ofByteArray()));
    }

    /** One quarantined turn. */
    public JsonNode quarantined(String id) throws IOException, InterruptedException {
        return json(HTTP.send(
                request("/v1/quarantine/" + encoded(id)).timeout(LIMIT).build(), BodyHandlers.ofByteArray()));
    }

    /**
     * Asks a quarantined turn again.
     *
     * @param again also where it was asked again before
     * @return the request resource of the new turn
     */
    public JsonNode redrive(String id, boolean again) throws IOException, InterruptedException {
        HttpRequest post = request("/v1/quarantine/" + encoded(id) + "/redrive" + (again ? "?again=true" : ""))
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return json(HTTP.send(post, BodyHandlers.ofByteArray()));
    }

    /** A request resource as it stands now. */
    public JsonNode poll(JsonNode request) throws IOException, InterruptedException {
        return json(HTTP.send(
                request(path(request) + "?wait=20")
                        .timeout(LIMIT.plusSeconds(20))
                        .build(),
                BodyHandlers.ofByteArray()));
    }

    /**
     * The events of a request, as they come.
     *
     * @param after the cursor of the last event that was seen
     * @return nothing where all have been seen
     */
    public Optional<EventStream> events(JsonNode request, Optional<String> after)
            throws IOException, InterruptedException {
        HttpRequest.Builder get = request(path(request) + "/events").header("Accept", "text/event-stream");
        after.ifPresent(cursor -> get.header("Last-Event-ID", cursor));
        HttpResponse<InputStream> response = HTTP.send(get.build(), BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
            return Optional.of(new EventStream(response.body()));
        }
        try (InputStream body = response.body()) {
            if (response.statusCode() == 204) {
                return Optional.empty();
            }
            throw refused(response.statusCode(), body.readAllBytes());
        }
    }

    private static String path(JsonNode request) {
        return "/v1/sessions/" + encoded(request.path("session_id").asString("")) + "/requests/"
                + encoded(request.path("request_id").asString(""));
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        String base = address.toString().replaceAll("/+$", "");
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(base + path));
        apiKey.ifPresent(key -> builder.header("Authorization", "Bearer " + key));
        return builder;
    }

    private static JsonNode json(HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() / 100 != 2) {
            throw refused(response.statusCode(), response.body());
        }
        try {
            return JSON.readTree(response.body());
        } catch (JacksonException _) {
            throw new RefusedException("what answers there isn't a Turnlane gateway");
        }
    }

    private static RefusedException refused(int status, byte[] body) {
        try {
            JsonNode problem = JSON.readTree(body);
            String detail =
                    problem.path("detail").asString(problem.path("title").asString(""));
            return new RefusedException(
                    "%s (%d %s)".formatted(detail, status, problem.path("code").asString("")));
        } catch (JacksonException _) {
            return new RefusedException("status " + status);
        }
    }
}
