package io.turnlane.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * TCP proxy before a server that records what clients send. If one side closes a connection, the proxy closes the other
 * one. Each connection has two threads that copy bytes.
 */
final class RecordingProxy implements AutoCloseable {

    private final URI server;
    private final ServerSocket listener;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream(); // synchronized

    RecordingProxy(URI server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
    }

    /** Returns the values of a header in all requests so far, in the order of their arrival. */
    List<String> headers(String name) {
        return Pattern.compile("(?im)^" + Pattern.quote(name) + ": *(.*?)\r?$")
                .matcher(sent.toString(StandardCharsets.ISO_8859_1))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket toServer = new Socket(server.getHost(), server.getPort());
                Thread.ofVirtual().start(() -> copy(client, toServer, true));
                Thread.ofVirtual().start(() -> copy(toServer, client, false));
            } catch (IOException e) {
                // The connection is lost, or the proxy is closed. The client notices.
            }
        }
    }

    private void copy(Socket from, Socket to, boolean records) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (records) {
                    sent.write(buffer, 0, length);
                }
                out.write(buffer, 0, length);
            }
        } catch (IOException e) {
            // Both sides can close the connection at any time.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
