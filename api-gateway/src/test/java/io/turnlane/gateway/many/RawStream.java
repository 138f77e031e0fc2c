package io.turnlane.gateway.many;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stream or socket of one session on a bare TCP connection. It needs so little memory that thousands of clients fit
 * next to the measured gateway, and it can be left unread. Confined to one thread.
 */
public abstract sealed class RawStream implements AutoCloseable {

    private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]+)\"");

    private final Socket connection = new Socket();
    final InputStream in;

    @Nullable
    String cursor;

    private RawStream(int port, String head) throws IOException {
        // Keeps the kernel from buffering the backlog of a client that does not read.
        connection.setReceiveBufferSize(8 * 1024);
        connection.connect(new InetSocketAddress("127.0.0.1", port));
        send(head.getBytes(StandardCharsets.US_ASCII));
        in = new BufferedInputStream(connection.getInputStream(), 1024);
        String status = line();
        if (status == null || !status.matches("HTTP/1.. (200|101).*")) {
            throw new IOException("rejected: " + status);
        }
        for (String header = line(); header != null && !header.isEmpty(); ) {
            header = line();
        }
    }

    /**
     * Opens a server-sent event stream.
     *
     * @param cursor cursor from which to continue; null to follow from now on
     */
    public static RawStream sse(int port, String session, @Nullable String cursor) throws IOException {
        return new RawSse(port, session, cursor);
    }

    public static RawStream socket(int port, String session, @Nullable String cursor) throws IOException {
        return new RawWebSocket(port, session, cursor);
    }

    /** Returns the JSON of the next event, or null if the server has ended the stream. */
    public abstract @Nullable String next() throws IOException;

    /** Reads until the server has sent a cursor. No later event is missed after that. */
    abstract void awaitCursor() throws IOException;

    /** Returns true if the server announced its shutdown, in the way of its protocol. */
    abstract boolean wasAskedToReconnect();

    /** Returns the cursor from which to continue. */
    final String cursor() {
        return String.valueOf(cursor);
    }

    /** Reads up to {@code bytes} bytes without parsing them. Returns false at the end. */
    final boolean readSome(int bytes) throws IOException {
        return in.readNBytes(bytes).length > 0;
    }

    final void send(byte[] bytes) throws IOException {
        connection.getOutputStream().write(bytes);
        connection.getOutputStream().flush();
    }

    final void noteCursor(String json) {
        Matcher found = CURSOR.matcher(json);
        if (found.find()) {
            cursor = found.group(1);
        }
    }

    final @Nullable String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stream over HTTP/1.0, which sends no chunks. */
    private static final class RawSse extends RawStream {

        private boolean reconnectAnnounced;
        private boolean cursorOnly;

        RawSse(int port, String session, @Nullable String cursor) throws IOException {
            super(
                    port,
                    "GET /v1/sessions/" + session + "/events" + (cursor == null ? "" : "?after=" + cursor)
                            + " HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
            this.cursor = cursor;
        }

        @Override
        public @Nullable String next() throws IOException {
            for (String line = line(); line != null; line = line()) {
                if (line.startsWith("id:")) {
                    cursor = line.substring(3).strip();
                } else if (line.startsWith("retry:")) {
                    reconnectAnnounced = true;
                } else if (line.startsWith("event:")) {
                    cursorOnly = line.endsWith(" cursor");
                } else if (line.startsWith("data:") && !cursorOnly) {
                    return line.substring(5).strip();
                }
            }
            return null;
        }

        @Override
        void awaitCursor() throws IOException {
            for (String line = line(); line != null && !line.startsWith("id:"); line = line()) {
                // Skips comments.
            }
        }

        @Override
        boolean wasAskedToReconnect() {
            return reconnectAnnounced;
        }
    }

    /** Socket that expects unfragmented frames and sends its own with a mask of zeros. */
    private static final class RawWebSocket extends RawStream {

        private static final int TEXT = 1;
        private static final int CLOSE = 8;
        private static final int PING = 9;

        private int closeStatus;

        RawWebSocket(int port, String session, @Nullable String cursor) throws IOException {
            super(
                    port,
                    "GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Sec-WebSocket-Protocol: turnlane.v1\r\n\r\n");
            String after = cursor == null ? "" : ",\"after\":\"" + cursor + "\"";
            frame(TEXT, "{\"type\":\"subscribe\",\"session_id\":\"" + session + "\"" + after + "}");
        }

        private void frame(int opcode, String payload) throws IOException {
            byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
            int length = bytes.length;
            byte[] head = length < 126
                    ? new byte[] {(byte) (0x80 | opcode), (byte) (0x80 | length), 0, 0, 0, 0}
                    : new byte[] {
                        (byte) (0x80 | opcode), (byte) (0x80 | 126), (byte) (length >> 8), (byte) length, 0, 0, 0, 0
                    };
            send(head);
            send(bytes);
        }

        @Override
        void awaitCursor() throws IOException {
            if (in.read() != (0x80 | TEXT)) {
                throw new IOException("no acknowledgement");
            }
            noteCursor(new String(in.readNBytes(length()), StandardCharsets.UTF_8));
        }

        @Override
        public @Nullable String next() throws IOException {
            for (int first = in.read(); first >= 0; first = in.read()) {
                byte[] payload = in.readNBytes(length());
                String text = new String(payload, StandardCharsets.UTF_8);
                switch (first & 0x0f) {
                    case CLOSE -> {
                        closeStatus = payload.length < 2 ? 0 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
                        return null;
                    }
                    case PING -> frame(0xa, text);
                    default -> noteCursor(text);
                }
                int event = text.indexOf("\"event\":{");
                if (event >= 0) {
                    return text.substring(event + 8, text.length() - 1);
                }
            }
            return null;
        }

        private int length() throws IOException {
            int length = in.read() & 0x7f;
            int bytes = length == 127 ? 8 : length == 126 ? 2 : 0;
            if (bytes > 0) {
                length = 0;
                for (int i = 0; i < bytes; i++) {
                    length = length << 8 | in.read();
                }
            }
            return length;
        }

        @Override
        boolean wasAskedToReconnect() {
            return closeStatus == 1012;
        }
    }
}
