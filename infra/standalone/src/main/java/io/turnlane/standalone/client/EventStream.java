package io.turnlane.standalone.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads server-sent events as the WHATWG standard (HTML, section 9.2.6) has them, as far as a turn's events need it.
 * For one thread.
 */
public final class EventStream implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final BufferedReader lines;
    private @Nullable String cursor;

    EventStream(InputStream in) {
        this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /**
     * One event.
     *
     * @param cursor where to go on after it
     * @param type its name
     * @param data its JSON object
     */
    public record Event(Optional<String> cursor, String type, JsonNode data) {}

    /** The next event; nothing where the stream has ended. */
    public Optional<Event> next() throws IOException {
        String type = "message";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return Optional.of(new Event(Optional.ofNullable(cursor), type, JSON.readTree(data.toString())));
                }
                type = "message";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
            switch (field) {
                case "event" -> type = value;
                case "id" -> cursor = value;
                case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
                default -> {} // comments, and fields to come
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
