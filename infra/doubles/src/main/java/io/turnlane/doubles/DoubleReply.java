package io.turnlane.doubles;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * DoubleReply of an {@link HttpDouble} to one request. All methods throw an {@link IOException} if the client has
 * closed the connection. If a behaviour returns before the reply is complete, the server closes the connection. Only
 * the connection's thread uses this object.
 */
public final class DoubleReply {

    private final Socket connection;
    private final InputStream in;
    private boolean isComplete;

    DoubleReply(Socket connection, InputStream in) {
        this.connection = connection;
        this.in = in;
    }

    boolean isComplete() {
        return isComplete;
    }

    /** Sends a complete reply. */
    public void send(int status, String contentType, Map<String, String> headers, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        raw(head(status, contentType, headers) + "Content-Length: " + bytes.length + "\r\n\r\n" + body);
        isComplete = true;
    }

    /** Begins a reply whose body follows in pieces. */
    public void begin(int status, String contentType) throws IOException {
        raw(head(status, contentType, Map.of()) + "Transfer-Encoding: chunked\r\n\r\n");
    }

    /** Begins a stream of server-sent events. */
    public void beginEvents() throws IOException {
        begin(200, "text/event-stream");
    }

    /** Sends a piece of the body. */
    public void write(String text) throws IOException {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length > 0) { // an empty piece would end the body
            raw(Integer.toHexString(length) + "\r\n" + text + "\r\n");
        }
    }

    /** Sends a server-sent event without a type. */
    public void event(String data) throws IOException {
        write("data: " + data + "\n\n");
    }

    /** Ends a reply whose body was sent in pieces. */
    public void end() throws IOException {
        raw("0\r\n\r\n");
        isComplete = true;
    }

    /** Waits, and throws an exception as soon as the client closes the connection. */
    public void pause(Duration duration) throws IOException {
        if (duration.isPositive()) {
            awaitInput((int) Math.max(1, duration.toMillis()));
        }
    }

    /** Waits until the client closes the connection, and then throws an exception. */
    public void awaitClose() throws IOException {
        awaitInput(0);
    }

    /** Closes the connection with a TCP reset. */
    public void reset() throws IOException {
        connection.setSoLinger(true, 0);
        connection.close();
    }

    private void awaitInput(int timeoutMillis) throws IOException {
        connection.setSoTimeout(timeoutMillis);
        try {
            if (in.read() >= 0) {
                throw new IOException("the client sent a request before the end of the reply");
            }
            throw new EOFException("the client closed the connection");
        } catch (SocketTimeoutException _) {
            connection.setSoTimeout(0);
        }
    }

    private static String head(int status, String contentType, Map<String, String> headers) {
        StringBuilder head =
                new StringBuilder("HTTP/1.1 " + status + " Status\r\nContent-Type: " + contentType + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.toString();
    }

    private void raw(String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }
}
