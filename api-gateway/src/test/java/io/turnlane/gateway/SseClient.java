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

        boolean isCursor() {
            return type.equals("cursor");
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

    /** Returns the next turn event; null if the stream has ended. */
    public SseEvent next() {
        SseEvent event = nextOfAnyType();
        while (event != null && event.isCursor()) {
            event = nextOfAnyType();
        }
        return event;
    }

    private SseEvent nextOfAnyType() {
        String id = null;
        String type = null;
        StringBuilder data = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
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

    /**
     * Returns the id of the next event, which must contain only a cursor. Ignores ids without data, like some
     * implementations of EventSource.
     */
    public String nextCursor() {
        SseEvent event = nextOfAnyType();
        if (event == null || !event.isCursor()) {
            throw new IllegalStateException("expected a cursor: " + event);
        }
        return event.id();
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
