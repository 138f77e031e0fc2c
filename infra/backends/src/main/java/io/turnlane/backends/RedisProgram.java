package io.turnlane.backends;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A Redis that keeps every write in its append-only file (synced each second), on the loopback address.
 *
 * @param folder where its data and its configuration stand
 * @param port where it listens
 * @param password what clients must send; kept out of the command line, which everybody can read
 */
record RedisProgram(Path folder, int port, String password) implements Program {

    private static final int CONNECT_MILLIS = 200;

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public List<String> prepare() throws IOException {
        Files.createDirectories(folder);
        Path executable = RedisExecutable.find(System.getenv().getOrDefault("PATH", ""), folder.resolve("bin"));
        Path configuration = folder.resolve("redis.conf");
        Files.deleteIfExists(configuration);
        Files.createFile(
                configuration, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(configuration, configuration());
        return List.of(executable.toString(), configuration.toString());
    }

    private String configuration() {
        return """
                bind 127.0.0.1
                port %d
                requirepass %s
                dir "%s"
                appendonly yes
                appendfsync everysec
                # The append-only file holds all; no snapshots beside it.
                save ""
                maxmemory-policy noeviction
                """.formatted(port, password, folder.toAbsolutePath());
    }

    @Override
    public boolean isReady(long pid) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            socket.setSoTimeout(CONNECT_MILLIS);
            String commands = "AUTH " + password + "\r\nPING\r\n";
            socket.getOutputStream().write(commands.getBytes(StandardCharsets.US_ASCII));
            return readLine(socket.getInputStream()).equals("+OK")
                    && readLine(socket.getInputStream()).equals("+PONG");
        } catch (IOException _) {
            return false;
        }
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n' && next != -1; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
