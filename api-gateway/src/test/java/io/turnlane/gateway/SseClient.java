package io.turnlane.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Client of server-sent events that parses like EventSource. Used by one thread. */
public final class SseClient implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;
    private final List<String> comments = new ArrayList<>();
    private IntConsumer onComment = _ -> {};
    private String retry;

    SseClient(HttpResponse<InputStream> response) {
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** Received event. */
    public record SseEvent(String id, String type, String data) {

        public JsonNode json() {
            return JSON.readTree(data);
        }

        public boolean isTerminal() {
            return List.of("completed", "failed", "cancelled", "superseded", "rejected")
                    .contains(type);
        }
    }

    public int status() {
        return response.statusCode();
    }

    public String header(String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    public List<String> comments() {
        return comments;
    }

    /** Registers an action that gets the number of comments so far, on the reading thread. */
    public void onComment(IntConsumer action) {
        onComment = action;
    }

    public String retry() {
        return retry;
    }

    /** Returns the next event; null if the stream has ended. */
    public SseEvent next() {
        String id = null;
        String type = null;
        StringBuilder data = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                if (type != null) {
                    return new SseEvent(id, type, data.toString());
                }
            } else if (line.startsWith(":")) {
                comments.add(line);
                onComment.accept(comments.size());
            } else {
                String value = line.substring(line.indexOf(':') + 1).strip();
                switch (line.substring(0, line.indexOf(':'))) {
                    case "id" -> id = value;
                    case "event" -> type = value;
                    case "data" -> data.append(value);
                    case "retry" -> retry = value;
                    default -> throw new IllegalStateException("unknown field: " + line);
                }
            }
        }
        return null;
    }

    /** Reads up to the next id without an event, and returns it. */
    public String nextCursor() {
        String id = null;
        for (String line = line(); line != null; line = line()) {
            if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            } else if (line.isEmpty() && id != null) {
                return id;
            } else if (!line.isEmpty() && !line.startsWith(":")) {
                throw new IllegalStateException("expected an id without an event: " + line);
            }
        }
        throw new IllegalStateException("the stream has ended");
    }

    /** Returns all events until the stream ends. */
    public List<SseEvent> remainingEvents() {
        List<SseEvent> events = new ArrayList<>();
        for (SseEvent event = next(); event != null; event = next()) {
            events.add(event);
        }
        return events;
    }

    private String line() {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
