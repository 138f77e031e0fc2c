package io.turnlane.backends;

import java.io.IOException;
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
        return RedisProbe.isServing(port, password);
    }
}
