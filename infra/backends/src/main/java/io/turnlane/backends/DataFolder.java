package io.turnlane.backends;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Data folder that this process holds. A file lock ensures that only one process holds the folder. The operating system
 * releases the lock when the process ends for any reason. {@code run.json} in the folder describes the running
 * processes. Only the owner of this file has read permission, because the file contains the Redis password. After a
 * clean end, the file is renamed to {@code last-run.json}, so that the next run can use the same ports.
 *
 * <p>Thread-safe; {@code this} guards the state.
 */
public final class DataFolder implements AutoCloseable {

    private static final String STATE_FILE = "run.json";
    private static final String LAST_FILE = "last-run.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Path path;
    private final FileChannel lockFile;
    private final Optional<RunState> previous;

    private @Nullable RunState state;

    private DataFolder(Path path, FileChannel lockFile, Optional<RunState> previous) {
        this.path = path;
        this.lockFile = lockFile;
        this.previous = previous;
    }

    /**
     * Acquires the folder, and creates it if it does not exist.
     *
     * @throws AlreadyRunningException if another process holds it
     */
    public static DataFolder claim(Path folder) throws IOException {
        Path path = folder.toAbsolutePath().normalize();
        Files.createDirectories(path);
        FileChannel lockFile =
                FileChannel.open(path.resolve("run.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!tryLock(lockFile)) {
            lockFile.close();
            throw new AlreadyRunningException(path, read(path));
        }
        return new DataFolder(path, lockFile, read(path));
    }

    private static boolean tryLock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    /** Returns the content of {@code run.json}, possibly of a killed run; empty if it is missing or unreadable. */
    public static Optional<RunState> read(Path folder) {
        return read(folder, STATE_FILE);
    }

    private static Optional<RunState> read(Path folder, String file) {
        try {
            return Optional.of(JSON.readValue(Files.readString(folder.resolve(file)), RunState.class));
        } catch (IOException | JacksonException _) {
            return Optional.empty();
        }
    }

    public Path path() {
        return path;
    }

    /** Returns the state of the previous run if it was killed; empty if it ended cleanly, or there was none. */
    Optional<RunState> previous() {
        return previous;
    }

    /** Returns the state of the previous run, even if it ended cleanly. */
    Optional<RunState> last() {
        return previous.or(() -> read(path, LAST_FILE));
    }

    /** Publishes the address of the gateway in {@code run.json}. */
    public void publishAddress(String address) throws IOException {
        update(current -> current.withAddress(address));
    }

    synchronized void begin(RunState initial) throws IOException {
        state = initial;
        write(initial);
    }

    synchronized void update(UnaryOperator<RunState> change) throws IOException {
        if (state == null) {
            throw new IllegalStateException("No backends are planned on " + path);
        }
        RunState changed = change.apply(state);
        state = changed;
        write(changed);
    }

    private void write(RunState changed) throws IOException {
        Path fresh = Files.createTempFile(
                path,
                STATE_FILE,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(changed));
        Files.move(
                fresh, path.resolve(STATE_FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Renames {@code run.json} to {@code last-run.json}, and releases the folder. */
    @Override
    public synchronized void close() throws IOException {
        if (!lockFile.isOpen()) {
            return;
        }
        Path written = path.resolve(STATE_FILE);
        if (Files.exists(written)) {
            Files.move(
                    written,
                    path.resolve(LAST_FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        lockFile.close();
    }
}
