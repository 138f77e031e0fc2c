package io.turnlane.doubles;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Request that an {@link HttpDouble} received.
 *
 * @param headers values by the header's name in lower case
 * @param receivedNanos {@link System#nanoTime} at the end of the request
 */
public record ReceivedRequest(
        String method, String path, Map<String, String> headers, String body, long receivedNanos) {

    public ReceivedRequest {
        headers = Map.copyOf(headers);
    }

    /**
     * Reads a request. Its body must have a {@code Content-Length}.
     *
     * @throws EOFException if the client closed the connection
     */
    static ReceivedRequest read(InputStream in) throws IOException {
        String[] start = line(in).split(" ", 3);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException();
        }
        return new ReceivedRequest(
                start[0], start[1], headers, new String(body, StandardCharsets.UTF_8), System.nanoTime());
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
