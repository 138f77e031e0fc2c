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
 * Management endpoint of a running processor.
 *
 * @param id id of the processor
 * @param management {@code http://host:port} of its management port
 */
public record ProcessorEndpoint(String id, URI management) {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    /** Maximum time to wait for a drain. A processor usually drains much faster. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** Thrown if a processor responds with another status than 200. */
    public static final class RejectedException extends IOException {

        RejectedException(int status) {
            super("HTTP status " + status);
        }
    }

    /** Returns the processors that are named in the statistics of a gateway. */
    public static List<ProcessorEndpoint> of(JsonNode stats) {
        List<ProcessorEndpoint> running = new ArrayList<>();
        for (JsonNode one : stats.path("processors")) {
            running.add(new ProcessorEndpoint(
                    one.path("processor").asString(""),
                    URI.create(one.path("management").asString(""))));
        }
        return running;
    }

    /**
     * Drains the processor, waits until it is drained, and returns its report.
     *
     * @throws RejectedException if the status of the processor's response is not 200
     * @throws IOException if the processor cannot be reached
     */
    public JsonNode evacuate() throws IOException, InterruptedException {
        HttpRequest post = HttpRequest.newBuilder(management.resolve("/actuator/evacuate"))
                .timeout(LIMIT)
                // The processor accepts only this media type. A web page of another site cannot send it without a
                // preflight request.
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        HttpResponse<byte[]> response = HTTP.send(post, BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new RejectedException(response.statusCode());
        }
        return JsonMapper.shared().readTree(response.body());
    }
}
