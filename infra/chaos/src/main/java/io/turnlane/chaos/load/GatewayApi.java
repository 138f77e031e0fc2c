package io.turnlane.chaos.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Client for the public HTTP API of all gateways. Any thread may call any method. */
public final class GatewayApi implements AutoCloseable {

    static final JsonMapper JSON = new JsonMapper();

    /** Time limit of a call. A gateway waits at most 7 s: 5 s for Kafka and 2 s for Redis. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(12);

    private final List<URI> addresses;
    private final AtomicIntegerArray calls;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    public GatewayApi(List<URI> addresses) {
        this.addresses = List.copyOf(addresses);
        this.calls = new AtomicIntegerArray(addresses.size());
    }

    /**
     * Response of a gateway.
     *
     * @param json the body; an empty object if it is not JSON
     */
    public record GatewayReply(int status, JsonNode json) {

        public @Nullable String text(String field) {
            return json.path(field).asString(null);
        }
    }

    int count() {
        return addresses.size();
    }

    /** Returns the number of calls and streams that are open at a gateway; the first gateway is 0. */
    public int openCalls(int gateway) {
        return calls.get(gateway);
    }

    GatewayReply post(int gateway, String path, Map<String, ?> body, Map<String, String> headers)
            throws IOException, InterruptedException {
        return postRaw(gateway, path, JSON.writeValueAsString(body), headers);
    }

    /** Posts a body unchanged. */
    public GatewayReply postRaw(int gateway, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(gateway, path).timeout(CALL_LIMIT).header("Content-Type", "application/json");
        headers.forEach(request::header);
        return call(gateway, request.POST(BodyPublishers.ofString(body)).build());
    }

    /** Reads a resource. */
    public GatewayReply get(int gateway, String path) throws IOException, InterruptedException {
        return call(gateway, request(gateway, path).timeout(CALL_LIMIT).GET().build());
    }

    private GatewayReply call(int gateway, HttpRequest request) throws IOException, InterruptedException {
        calls.incrementAndGet(gateway);
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            return new GatewayReply(response.statusCode(), json(response.body()));
        } finally {
            calls.decrementAndGet(gateway);
        }
    }

    private static JsonNode json(String body) {
        try {
            return body.isEmpty() ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (JacksonException _) {
            return JSON.createObjectNode();
        }
    }

    /** Opens an event stream. The caller closes the body and then calls {@link #streamEnded}. */
    HttpResponse<InputStream> stream(int gateway, String path, @Nullable String after)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(gateway, path).header("Accept", "text/event-stream");
        if (after != null) {
            request.header("Last-Event-ID", after);
        }
        calls.incrementAndGet(gateway);
        try {
            return http.send(request.GET().build(), BodyHandlers.ofInputStream());
        } catch (IOException | InterruptedException | RuntimeException e) {
            streamEnded(gateway);
            throw e;
        }
    }

    void streamEnded(int gateway) {
        calls.decrementAndGet(gateway);
    }

    private HttpRequest.Builder request(int gateway, String path) {
        return HttpRequest.newBuilder(addresses.get(gateway).resolve(path));
    }

    /** Aborts all open calls and streams. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
