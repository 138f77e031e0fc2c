package io.turnlane.backends;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Runs a Redis on the loopback address that stores each write in its append-only file, synced every second.
 *
 * @param folder folder of its data and its configuration
 * @param port port on which it listens
 * @param password password of clients; not passed on the command line, which every user of the machine can read
 */
record RedisProgram(Path folder, int port, String password) implements Program {

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
                # The append-only file contains all data, so no snapshots are needed.
                save ""
                maxmemory-policy noeviction
                """.formatted(port, password, folder.toAbsolutePath());
    }

    @Override
    public boolean isReady(long pid) {
        return RedisProbe.isServing(port, password);
    }
}
