package io.turnlane.gateway.turns.stream;

import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.model.SessionId;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes the bytes of one SSE response. Confined to one thread. */
public final class SseConnection {

    private static final byte[] HEARTBEAT = ascii(": \n\n");

    private final HttpServletResponse response;
    private final OutputStream out;

    private SseConnection(HttpServletResponse response) throws IOException {
        this.response = response;
        this.out = response.getOutputStream();
    }

    /**
     * Opens the connection. Sends the response headers at once, so that the client sees that it is connected before the
     * first event.
     */
    public static SseConnection open(HttpServletResponse response) throws IOException {
        writeHead(response);
        SseConnection connection = new SseConnection(response);
        connection.flush();
        return connection;
    }

    /** Writes the status and the headers of a stream. */
    public static void writeHead(HttpServletResponse response) {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType("text/event-stream");
        response.setHeader("Cache-Control", "no-store");
        // Disables the buffering of responses in nginx.
        response.setHeader("X-Accel-Buffering", "no");
    }

    /** Writes one event. {@code json} must be a single line. */
    public void writeEvent(@Nullable Cursor cursor, String type, byte[] json) throws IOException {
        StringBuilder head = new StringBuilder(96);
        if (cursor != null) {
            head.append("id: ").append(cursor).append('\n');
        }
        head.append("event: ").append(type).append("\ndata: ");
        out.write(ascii(head.toString()));
        out.write(json);
        out.write('\n');
        out.write('\n');
    }

    /**
     * Writes a cursor as an event of its own. The event has data, because some implementations of EventSource ignore
     * the id of an event without data.
     */
    void writeCursor(SessionId session, Cursor cursor) throws IOException {
        writeEvent(cursor, "cursor", ascii("{\"session_id\":\"" + session + "\",\"type\":\"cursor\"}"));
    }

    void writeHeartbeat() throws IOException {
        out.write(HEARTBEAT);
    }

    /** Writes the time that the client must wait before it reconnects after this connection has ended. */
    public void writeRetry(Duration delay) throws IOException {
        out.write(ascii("retry: " + delay.toMillis() + "\n\n"));
    }

    /** Sends everything that was written. */
    public void flush() throws IOException {
        response.flushBuffer();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
