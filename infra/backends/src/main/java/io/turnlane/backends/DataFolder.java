package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Data folder that this process holds. A file lock ensures that only one process holds the folder. The operating system
 * releases the lock when the process ends for any reason. {@code run.json} in the folder describes the running
 * processes. After a clean end, the file is renamed to {@code last-run.json}, so that the next run can use the same
 * ports and passwords.
 *
 * <p>The folder contains conversations and passwords. Other accounts therefore have no access to it: a new folder has
 * the mode 0700, and {@link #claim} removes the access of others to an existing folder. If the folder also contains
 * files that are not Turnlane's, only Turnlane's files in it become private.
 *
 * <p>Thread-safe; {@code this} guards the state.
 */
public final class DataFolder implements AutoCloseable {

    private static final String STATE_FILE = "run.json";
    /** Reason in a {@link FileSystemException} if the file belongs to another account. */
    private static final String NOT_OWNER = "Operation not permitted";

    private static final String LAST_FILE = "last-run.json";
    private static final String LOCK_FILE = "run.lock";
    private static final String CLIENT_FILE = "kafka-client.properties";

    /** Everything that Turnlane stores in the folder. */
    private static final Set<String> OWN =
            Set.of(STATE_FILE, LAST_FILE, LOCK_FILE, CLIENT_FILE, "kafka", "redis", "logs", "gateways");

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
     * @throws IOException if the folder cannot be created, or if this account cannot use it
     */
    public static DataFolder claim(Path folder) throws IOException {
        Path path = folder.toAbsolutePath().normalize();
        FileChannel lockFile = openLock(path);
        if (!tryLock(lockFile)) {
            lockFile.close();
            throw new AlreadyRunningException(path, read(path));
        }
        return new DataFolder(path, lockFile, read(path));
    }

    private static FileChannel openLock(Path path) throws IOException {
        try {
            PrivateFiles.createFolder(path);
            makePrivate(path);
            PrivateFiles.createFile(path.resolve(LOCK_FILE));
            return FileChannel.open(path.resolve(LOCK_FILE), StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw noAccess(path, e);
        } catch (FileSystemException e) {
            throw NOT_OWNER.equals(e.getReason()) ? noAccess(path, e) : e;
        }
    }

    private static IOException noAccess(Path path, FileSystemException cause) {
        return new IOException(
                "This account cannot use the data folder " + path
                        + ". Use the account to which the folder belongs, or another folder with --data.",
                cause);
    }

    private static void makePrivate(Path path) throws IOException {
        List<Path> entries = PrivateFiles.list(path);
        List<Path> own = entries.stream()
                .filter(entry -> OWN.contains(entry.getFileName().toString()))
                .toList();
        if (own.size() == entries.size()) {
            restrictIfOwner(path.toRealPath());
        }
        for (Path entry : own) {
            PrivateFiles.restrict(entry);
        }
        PrivateFiles.createFolder(path.resolve("logs")); // the log of this process is opened later, without a mode
        PrivateFiles.createFolder(path.resolve("gateways"));
    }

    /** Makes the folder itself private, unless it belongs to another account. */
    private static void restrictIfOwner(Path path) throws IOException {
        try {
            PrivateFiles.restrictOne(path);
        } catch (FileSystemException e) {
            if (!NOT_OWNER.equals(e.getReason())) {
                throw e;
            }
        }
    }

    private static boolean tryLock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    /**
     * Returns the content of {@code run.json}, possibly of a killed run; empty if it is missing or unreadable.
     *
     * @throws UncheckedIOException if this account has no access to the folder
     */
    public static Optional<RunState> read(Path folder) {
        return read(folder, STATE_FILE);
    }

    private static Optional<RunState> read(Path folder, String file) {
        try {
            return Optional.of(JSON.readValue(Files.readString(folder.resolve(file)), RunState.class));
        } catch (AccessDeniedException e) {
            throw new UncheckedIOException(noAccess(folder, e));
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
        if (initial.broker() != null) {
            PrivateFiles.write(path.resolve(CLIENT_FILE), clientFile(initial));
        }
    }

    /** Returns the settings of a client of the embedded broker, in the format of Kafka's own tools. */
    private static String clientFile(RunState state) {
        Map<String, String> settings = new TreeMap<>(state.kafkaClientSettings());
        settings.put("bootstrap.servers", state.kafkaBootstrapServers());
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining());
    }

    /** Returns the file with the login of the embedded broker, for {@code --kafka-config} and Kafka's own tools. */
    public Path kafkaClientFile() {
        return path.resolve(CLIENT_FILE);
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
        PrivateFiles.write(
                path.resolve(STATE_FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(changed));
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
