package io.turnlane.backends;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The two things to ask of a Redis on the loopback address before any client library is loaded. */
final class RedisProbe {

    private static final int LIMIT_MILLIS = 200;
    private static final int SHUTDOWN_LIMIT_MILLIS = 15_000;

    private RedisProbe() {}

    /** Whether a Redis with this password serves there; one that still loads its data doesn't. */
    static boolean isServing(int port, String password) {
        try (Socket socket = connect(port)) {
            BufferedReader replies = send(socket, "AUTH " + password, "PING");
            return "+OK".equals(replies.readLine()) && "+PONG".equals(replies.readLine());
        } catch (IOException _) {
            return false;
        }
    }

    /** Tells it to end, its data on the disk, and returns when it has closed the connection. */
    static void shutDown(int port, String password) {
        try (Socket socket = connect(port)) {
            socket.setSoTimeout(SHUTDOWN_LIMIT_MILLIS);
            send(socket, "AUTH " + password, "SHUTDOWN").lines().forEach(_ -> {});
        } catch (IOException _) {
            // It is gone already.
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static BufferedReader send(Socket socket, String... commands) throws IOException {
        String lines = String.join("\r\n", commands) + "\r\n";
        socket.getOutputStream().write(lines.getBytes(StandardCharsets.US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }
}
