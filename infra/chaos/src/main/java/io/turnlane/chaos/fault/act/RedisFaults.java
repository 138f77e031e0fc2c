package io.turnlane.chaos.fault.act;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Faults of the Redis server: lost data, no free memory, no disk space. Not thread-safe. The driver's thread calls all
 * methods. While that thread waits, another thread can call the methods that heal a fault.
 */
public final class RedisFaults {

    private static final String DISK_SIZE = "size=16m";
    private static final int BALLAST_BLOCK = 1 << 14;
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final int POLL_MILLIS = 20;
    private static final String PROBE = "chaos-probe";

    private final Rig rig;
    private final Path disk;
    private String folder = "";
    private String memory = "0";
    private @Nullable RandomAccessFile ballast;
    private boolean memoryFull;

    public RedisFaults(Rig rig) {
        this.rig = rig;
        this.disk = rig.settings().folder().toAbsolutePath().resolve("redis-disk");
    }

    /** Removes all data. */
    public void flush() {
        with(RedisCommands::flushall);
    }

    /** Deletes the contexts and histories of these sessions, as an eviction would. Returns the number of sessions. */
    public int forget(List<String> sessions) {
        with(redis -> sessions.forEach(session -> {
            MemoryKeys keys = new MemoryKeys(SessionKey.of(null, new SessionId(session)));
            redis.del(keys.context(), keys.history());
        }));
        return sessions.size();
    }

    /** Makes Redis reject writes because of its memory limit. */
    public void fillMemory() {
        memoryFull = true;
        with(redis -> {
            String limit = redis.configGet("maxmemory").getOrDefault("maxmemory", "0");
            memory = limit.equals("1") ? memory : limit; // 1 if this fault is already active
            redis.configSet("maxmemory", "1");
        });
    }

    public void freeMemory() {
        with(redis -> redis.configSet("maxmemory", memory));
        memoryFull = false;
    }

    /** Ends the faults that have not been healed, because the run was aborted. */
    public void undo() throws IOException, InterruptedException {
        if (memoryFull) {
            freeMemory();
        }
        freeDisk();
    }

    /**
     * Moves the append-only file to a disk of 16 MiB and fills that disk.
     *
     * @throws SkippedFaultException if this machine does not allow the mount, if Redis cannot move its file, or if it
     *     still accepts writes
     */
    public void fillDisk() throws IOException, InterruptedException, SkippedFaultException {
        Files.createDirectories(disk);
        if (!run("mount", "-t", "tmpfs", "-o", DISK_SIZE, "tmpfs", disk.toString())) {
            throw new SkippedFaultException("this machine cannot mount a small disk");
        }
        RandomAccessFile file = new RandomAccessFile(disk.resolve("ballast").toFile(), "rw");
        ballast = file;
        try {
            with(redis -> folder = redis.configGet("dir").getOrDefault("dir", ""));
            moveTo(disk.toString());
        } catch (RedisCommandExecutionException _) {
            with(redis -> redis.configSet("appendonly", "yes"));
            file.close();
            ballast = null;
            throw new SkippedFaultException("Redis cannot move its append-only file");
        } finally {
            // After a lazy unmount, open files remain usable, and the system frees the disk when the last of them is
            // closed. Even if this process is killed, no mount remains.
            run("umount", "-l", disk.toString());
        }
        fill(file);
        if (!await(RedisFaults::rejectsWrites)) {
            throw new SkippedFaultException("Redis still accepts writes although its disk is full");
        }
    }

    /** Frees space on the disk and moves the file back. */
    public void freeDisk() throws IOException, InterruptedException {
        RandomAccessFile file = ballast;
        if (file == null) {
            return; // the disk was never filled
        }
        file.setLength(0);
        require("accept writes again", redis -> !rejectsWrites(redis));
        moveTo(folder);
        file.close();
        ballast = null;
    }

    /**
     * Makes Redis rewrite its append-only file in another folder, and waits for the end of the rewrite. Redis must not
     * be killed in the meantime.
     */
    private void moveTo(String target) throws InterruptedException {
        with(redis -> {
            redis.configSet("appendonly", "no");
            redis.configSet("dir", target);
            redis.configSet("appendonly", "yes");
        });
        require(
                "rewrite its append-only file",
                redis -> redis.info("persistence").contains("aof_rewrite_in_progress:0")
                        && redis.info("persistence").contains("aof_rewrite_scheduled:0"));
    }

    private static void fill(RandomAccessFile file) {
        byte[] block = new byte[BALLAST_BLOCK];
        try {
            while (true) {
                file.write(block);
            }
        } catch (IOException _) {
            // The disk is full.
        }
    }

    private static boolean rejectsWrites(RedisCommands<String, String> redis) {
        try {
            redis.set(PROBE, PROBE, SetArgs.Builder.ex(60));
            return false;
        } catch (RedisCommandExecutionException _) {
            return true;
        }
    }

    private void require(String what, Predicate<RedisCommands<String, String>> condition) throws InterruptedException {
        if (!await(condition)) {
            throw new IllegalStateException("Redis did not %s within %d s".formatted(what, LIMIT.toSeconds()));
        }
    }

    private boolean await(Predicate<RedisCommands<String, String>> condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        boolean[] met = {false};
        while (System.nanoTime() < end && !met[0]) {
            with(redis -> met[0] = condition.test(redis));
            Thread.sleep(POLL_MILLIS);
        }
        return met[0];
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
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }
}
