package io.turnlane.standalone.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A processor that lives, at its management port.
 *
 * @param management {@code http://host:port}
 */
public record ProcessorEndpoint(String id, URI management) {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    /** Longer than a drain with its budget as people set it. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** Those that a gateway's live figures name. */
    public static List<ProcessorEndpoint> of(JsonNode stats) {
        List<ProcessorEndpoint> alive = new ArrayList<>();
        for (JsonNode one : stats.path("processors")) {
            alive.add(new ProcessorEndpoint(
                    one.path("processor").asString(""),
                    URI.create(one.path("management").asString(""))));
        }
        return alive;
    }

    /** Returns when it has left, with its report. */
    public JsonNode evacuate() throws IOException, InterruptedException {
        HttpRequest post = HttpRequest.newBuilder(management.resolve("/actuator/evacuate"))
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<byte[]> response = HTTP.send(post, BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
        return JsonMapper.shared().readTree(response.body());
    }
}
