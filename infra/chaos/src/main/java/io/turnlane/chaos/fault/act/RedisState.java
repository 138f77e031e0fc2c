package io.turnlane.chaos.fault.act;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.turnlane.chaos.rig.Rig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Commands to Redis itself that take its data, its memory, or its disk. The driver's thread only. */
public final class RedisState {

    private static final String DISK_SIZE = "size=16m";
    private static final int BALLAST_BLOCK = 1 << 16;

    private final Rig rig;
    private final Path disk;
    private String folder = "";

    public RedisState(Rig rig) {
        this.rig = rig;
        this.disk = rig.settings().folder().toAbsolutePath().resolve("redis-disk");
    }

    /** Everything is gone. */
    public void flush() {
        with(RedisCommands::flushall);
    }

    /** No write has room any more. */
    public void fillMemory() {
        with(redis -> redis.configSet("maxmemory", "1"));
    }

    public void freeMemory() {
        with(redis -> redis.configSet("maxmemory", "0"));
    }

    /**
     * Moves the append-only file to a disk of 16 MiB, and fills that up.
     *
     * @return false where this system lets us mount none, or this Redis doesn't move
     */
    public boolean fillDisk() throws IOException, InterruptedException {
        Files.createDirectories(disk);
        if (!run("mount", "-t", "tmpfs", "-o", DISK_SIZE, "tmpfs", disk.toString())) {
            return false;
        }
        try {
            with(redis -> folder = redis.configGet("dir").getOrDefault("dir", ""));
            moveTo(disk.toString());
        } catch (RedisCommandExecutionException _) {
            unmount();
            return false;
        }
        fill();
        return true;
    }

    /** Gives the disk room again, and moves the file back. */
    public void freeDisk() throws IOException, InterruptedException {
        if (folder.isEmpty()) {
            return; // it never was full
        }
        Files.deleteIfExists(ballast());
        moveTo(folder);
        unmount();
    }

    /** The file is written anew in the other folder; nobody kills Redis meanwhile. */
    private void moveTo(String target) {
        with(redis -> {
            redis.configSet("appendonly", "no");
            redis.configSet(Map.of("dir", target));
            redis.configSet("appendonly", "yes");
        });
    }

    private void fill() throws IOException {
        byte[] block = new byte[BALLAST_BLOCK];
        try (OutputStream out = Files.newOutputStream(ballast())) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (!Files.exists(ballast())) {
                throw full;
            }
        }
    }

    private Path ballast() {
        return disk.resolve("ballast");
    }

    private void unmount() throws IOException, InterruptedException {
        run("umount", "-l", disk.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private void with(Consumer<RedisCommands<String, String>> commands) {
        RedisClient client = RedisClient.create(RedisURI.create(rig.redisUrl()));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            commands.accept(connection.sync());
        } finally {
            client.shutdown();
        }
    }
}
