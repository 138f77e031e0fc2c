package io.turnlane.backends;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Minimal client of a Redis on the loopback address. Unlike a client library, it needs no loading time. */
final class RedisProbe {

    private static final int LIMIT_MILLIS = 200;
    private static final int SHUTDOWN_LIMIT_MILLIS = 15_000;

    private RedisProbe() {}

    /**
     * Returns true if a Redis with this password serves commands on the port; false while Redis is loading its data.
     */
    static boolean isServing(int port, String password) {
        try (Socket socket = connect(port)) {
            BufferedReader replies = send(socket, "AUTH " + password, "PING");
            return "+OK".equals(replies.readLine()) && "+PONG".equals(replies.readLine());
        } catch (IOException _) {
            return false;
        }
    }

    /** Makes Redis save its data and end. Returns when Redis has closed the connection. */
    static void shutDown(int port, String password) {
        try (Socket socket = connect(port)) {
            socket.setSoTimeout(SHUTDOWN_LIMIT_MILLIS);
            send(socket, "AUTH " + password, "SHUTDOWN").transferTo(Writer.nullWriter()); // until Redis has ended
        } catch (IOException _) {
            // Redis has ended already.
        }
    }

    /** Returns the memory use and the memory limit of Redis; empty if Redis does not answer. */
    static Optional<RunState.RedisMemory> memory(int port, String password) {
        try (Socket socket = connect(port)) {
            BufferedReader replies = send(socket, "AUTH " + password, "INFO memory");
            long used = -1;
            long limit = -1;
            for (String line = replies.readLine(); line != null && (used < 0 || limit < 0); line = replies.readLine()) {
                used = line.startsWith("used_memory:") ? number(line) : used;
                limit = line.startsWith("maxmemory:") ? number(line) : limit;
            }
            return used < 0 || limit < 0 ? Optional.empty() : Optional.of(new RunState.RedisMemory(used, limit));
        } catch (IOException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static long number(String line) {
        return Long.parseLong(line.substring(line.indexOf(':') + 1));
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
