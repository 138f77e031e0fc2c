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
 * A data folder that this process holds: one process at a time, by a lock that the system releases however the process
 * ends. {@code run.json} in it tells others what runs, readable by its owner only, since it has the Redis password.
 * After a clean end it stays as {@code last-run.json}, so that the next start can listen where this one did.
 *
 * <p>Any thread may call any method; {@code this} guards the state.
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
     * Takes the folder, which is made where it is missing.
     *
     * @throws AlreadyRunningException when another process holds it
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

    /** What {@code run.json} of a folder says; it may be of a run that was killed. Nothing where it can't be read. */
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

    /** What a run that was killed left behind. */
    Optional<RunState> previous() {
        return previous;
    }

    /** The run before this one, however it ended. */
    Optional<RunState> last() {
        return previous.or(() -> read(path, LAST_FILE));
    }

    /** Says where the gateway listens. */
    public void publishAddress(String address) throws IOException {
        update(current -> current.withAddress(address));
    }

    synchronized void begin(RunState initial) throws IOException {
        state = initial;
        write(initial);
    }

    synchronized void update(UnaryOperator<RunState> change) throws IOException {
        if (state == null) {
            throw new IllegalStateException("Nothing runs on " + path);
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

    /** Puts {@code run.json} aside and lets the folder go. */
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
