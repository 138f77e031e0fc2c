package io.turnlane.chaos.load;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the server-sent events of one response. Not thread-safe. */
final class EventReader implements Closeable {

    private final BufferedReader lines;

    EventReader(InputStream body) {
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /**
     * One event.
     *
     * @param cursor its {@code id}; null if it has none
     */
    record ServerSentEvent(@Nullable String cursor, String type, JsonNode data) {}

    /** Returns the next event; empty if the gateway ended the stream. */
    Optional<ServerSentEvent> next() throws IOException {
        String cursor = null;
        String type = "message";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("id:")) {
                cursor = line.substring(3).strip();
            } else if (line.startsWith("event:")) {
                type = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                data.append(line, 5, line.length());
            } else if (line.isEmpty() && !data.isEmpty()) {
                return Optional.of(new ServerSentEvent(cursor, type, GatewayApi.JSON.readTree(data.toString())));
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
