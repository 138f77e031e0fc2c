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
 * Cuts a stream into server-sent events as the WHATWG standard (HTML, section 9.2.6) has them, as far as a turn's
 * events need it: an {@code id} belongs to its own event only. For one thread, but for {@link #close}.
 */
final class SseReader implements AutoCloseable {

    private final BufferedReader lines;
    private final Runnable heard;
    private final Consumer<String> place;

    /**
     * @param heard called for each line, comments too
     * @param place told an id that comes without an event: where to go on though nothing happened
     */
    SseReader(InputStream in, Runnable heard, Consumer<String> place) {
        this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.heard = heard;
        this.place = place;
    }

    /** The next event; nothing where the stream has ended. One that is cut off is none. */
    Optional<TurnUpdate> next() throws IOException {
        String cursor = null;
        String type = "message";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            heard.run();
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return Optional.of(news(cursor, type, data.toString()));
                }
                Optional.ofNullable(cursor).ifPresent(place);
                cursor = null;
                type = "message";
                continue;
            }
            String value = valueOf(line);
            switch (nameOf(line)) {
                case "event" -> type = value;
                case "id" -> cursor = value;
                case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
                default -> {
                    // comments, and fields to come
                }
            }
        }
        return Optional.empty();
    }

    private static TurnUpdate news(@Nullable String cursor, String type, String json) throws IOException {
        try {
            return new TurnUpdate(
                    Optional.ofNullable(cursor), type, JsonMapper.shared().readTree(json));
        } catch (JacksonException cutUp) {
            throw new IOException("an event that is no JSON", cutUp);
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
