package io.turnlane.backends;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs a Redis on the loopback address that stores each write in its append-only file, synced every second.
 *
 * @param folder folder of the data and the configuration
 * @param port port on which it listens
 * @param password password of clients; not passed on the command line, which every user of the machine can read
 * @param memory memory limit in bytes; 0 for a quarter of the machine's memory
 * @param movable true to let clients move its data to another folder
 */
record RedisProgram(Path folder, int port, String password, long memory, boolean movable) implements Program {

    /**
     * The default limit is a quarter of the machine's memory, because Redis may need twice its limit while it rewrites
     * its append-only file.
     */
    private static final int MEMORY_DIVISOR = 4;

    private static final int FIRST_WITH_PROTECTED_SETTINGS = 7;

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public List<String> prepare() throws IOException {
        PrivateFiles.createFolder(folder);
        RedisExecutable executable =
                RedisExecutable.find(System.getenv().getOrDefault("PATH", ""), folder.resolve("bin"));
        Path configuration = folder.resolve("redis.conf");
        PrivateFiles.write(configuration, configuration(executable.major()));
        return List.of(executable.path().toString(), configuration.toString());
    }

    /** Returns the configuration. Numbers are inserted as {@code %s}, which does not depend on the locale. */
    String configuration(int major) {
        return """
                bind 127.0.0.1
                port %s
                requirepass %s
                dir "%s"
                appendonly yes
                appendfsync everysec
                # The append-only file contains all data, so no snapshots are needed.
                save ""
                # If the memory is full, Redis rejects writes, and turns wait. It must not evict keys.
                maxmemory %s
                maxmemory-policy noeviction
                # Request records have values of a few hundred bytes. In the compact form they need a third of the memory.
                hash-max-ziplist-value 1024
                %s""".formatted(port, password, folder.toAbsolutePath(), limit(), movableSetting(major));
    }

    private long limit() {
        return memory > 0 ? memory : machineMemory() / MEMORY_DIVISOR;
    }

    /** Returns the memory of the machine, or of the container that limits this process. */
    private static long machineMemory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    private String movableSetting(int major) {
        return movable && major >= FIRST_WITH_PROTECTED_SETTINGS ? "enable-protected-configs local\n" : "";
    }

    @Override
    public boolean isReady(long pid) {
        return RedisProbe.isServing(port, password);
    }
}
