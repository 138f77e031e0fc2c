package io.turnlane.backends;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Minimal client to write a value and read it. */
record RedisClient(URI url) {

    static RedisClient of(String url) {
        return new RedisClient(URI.create(url));
    }

    /** Sends an inline command and returns the first line of the reply, or the text of a bulk string. */
    String send(String command) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(5000);
            String password = url.getUserInfo().substring(1);
            socket.getOutputStream()
                    .write(("AUTH " + password + "\r\n" + command + "\r\n").getBytes(StandardCharsets.UTF_8));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String authenticated = in.readLine();
            if (!"+OK".equals(authenticated)) {
                throw new IOException(authenticated);
            }
            String reply = in.readLine();
            return reply.startsWith("$") && !reply.equals("$-1") ? in.readLine() : reply;
        }
    }
}
