package io.turnlane.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parses server-sent events (WHATWG HTML, section 9.2.6). In one point it differs from the standard: an {@code id}
 * applies to its own event only, not to later events. Not thread-safe, except for {@link #close}.
 */
final class SseReader implements AutoCloseable {

    /** Type of an event that contains only a newer cursor. */
    private static final String CURSOR = "cursor";

    private final BufferedReader lines;
    private final Runnable onLine;
    private final Consumer<String> onCursor;

    /**
     * @param onLine called for each line, including comments
     * @param onCursor called with each id that the server sends without a turn event; the client can resume after it
     */
    SseReader(InputStream in, Runnable onLine, Consumer<String> onCursor) {
        this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.onLine = onLine;
        this.onCursor = onCursor;
    }

    /** Returns the next event, or empty at the end of the stream. An incomplete event at the end is dropped. */
    Optional<TurnUpdate> next() throws IOException {
        String cursor = null;
        String type = "message";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            onLine.run();
            if (line.isEmpty()) {
                if (!data.isEmpty() && !type.equals(CURSOR)) {
                    return Optional.of(update(cursor, type, data.toString()));
                }
                Optional.ofNullable(cursor).ifPresent(onCursor);
                cursor = null;
                type = "message";
                data.setLength(0);
                continue;
            }
            String value = valueOf(line);
            switch (nameOf(line)) {
                case "event" -> type = value;
                case "id" -> cursor = value;
                case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
                default -> {
                    // comments, and fields of future versions
                }
            }
        }
        return Optional.empty();
    }

    private static TurnUpdate update(@Nullable String cursor, String type, String json) throws IOException {
        try {
            return new TurnUpdate(
                    Optional.ofNullable(cursor), type, JsonMapper.shared().readTree(json));
        } catch (JacksonException cutUp) {
            throw new IOException("the data of an event is not JSON", cutUp);
        }
    }

    private static String nameOf(String line) {
        int colon = line.indexOf(':');
        return colon < 0 ? line : line.substring(0, colon);
    }

    private static String valueOf(String line) {
        int colon = line.indexOf(':');
        String value = colon < 0 ? "" : line.substring(colon + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
