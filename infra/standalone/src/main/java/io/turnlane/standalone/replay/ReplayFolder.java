package io.turnlane.standalone.replay;

import io.turnlane.model.RequestId;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.replay.ComparedTurn;
import io.turnlane.processor.replay.ReplayResults;
import io.turnlane.standalone.terminal.CommandFailedException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Folder of a replay. {@code run.json} describes the replay. {@code turns.jsonl} has one line for each compared turn,
 * and is the state from which an interrupted replay is resumed. {@code summary.json} and {@code report.html} are
 * created from both when the replay ends.
 *
 * <p>Thread-safe; the monitor of this object guards the file of results and its index.
 */
final class ReplayFolder implements ReplayResults, AutoCloseable {

    private static final String ID_FIELD = "{\"request_id\":\"";
    private static final int ID_LENGTH = 36;

    private final Path folder;
    private final WireFormat wire = new WireFormat();
    private final FileChannel results;
    private final Map<RequestId, Line> index = new HashMap<>();
    private long end;

    private record Line(long offset, int length) {}

    /** Receives the results, and the position of each in the file of results. */
    @FunctionalInterface
    interface LineReceiver {
        void accept(ComparedTurn turn, long offset, int length) throws IOException;
    }

    private ReplayFolder(Path folder) throws IOException {
        this.folder = folder;
        this.results = FileChannel.open(
                folder.resolve("turns.jsonl"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    /**
     * Creates the folder of a new replay. Only its owner can read it, because it contains questions and answers.
     *
     * @throws CommandFailedException if the folder has files
     */
    static ReplayFolder create(Path folder, ReplayRun run) throws IOException {
        if (Files.exists(folder.resolve("run.json"))) {
            throw new CommandFailedException("The folder " + folder + " has a replay already. To continue it: --resume "
                    + folder + ". Otherwise name another folder with --out.");
        }
        Files.createDirectories(folder);
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        ReplayFolder created = new ReplayFolder(folder).locked();
        created.writeRun(run);
        return created;
    }

    /**
     * Opens the folder of a replay that was interrupted or has ended. Removes the last result if it is incomplete.
     *
     * @throws CommandFailedException if the folder has no replay
     */
    static ReplayFolder open(Path folder) throws IOException {
        if (!Files.exists(folder.resolve("run.json"))) {
            throw new CommandFailedException("The folder " + folder + " has no replay: run.json is missing.");
        }
        ReplayFolder opened = new ReplayFolder(folder).locked();
        opened.readIndex();
        return opened;
    }

    /** Prevents two processes from writing to the same folder. The lock ends with the process. */
    private ReplayFolder locked() throws IOException {
        try {
            if (results.tryLock() != null) {
                return this;
            }
        } catch (OverlappingFileLockException e) {
            // another thread of this process has the lock
        }
        results.close();
        throw new CommandFailedException("Another process runs the replay in " + folder + ".");
    }

    Path path() {
        return folder;
    }

    ReplayRun run() throws IOException {
        try {
            return wire.read(Files.readAllBytes(folder.resolve("run.json")), ReplayRun.class);
        } catch (UnreadableRecordException e) {
            throw new CommandFailedException("The file " + folder.resolve("run.json") + " is damaged.");
        }
    }

    /** Returns the summary that was written last; empty if there is none. */
    Optional<ReplaySummary> summary() throws IOException {
        Path file = folder.resolve("summary.json");
        try {
            return Files.exists(file)
                    ? Optional.of(wire.read(Files.readAllBytes(file), ReplaySummary.class))
                    : Optional.empty();
        } catch (UnreadableRecordException e) {
            return Optional.empty(); // another version wrote it
        }
    }

    void writeRun(ReplayRun run) throws IOException {
        write("run.json", wire.writeValue(run));
    }

    /** Deletes the description and the file of results if no result has been added. */
    void deleteIfUnused() {
        if (size() == 0) {
            try {
                Files.deleteIfExists(folder.resolve("run.json"));
                Files.deleteIfExists(folder.resolve("turns.jsonl"));
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                return; // the folder has other files, or is no longer accessible
            }
        }
    }

    /** Writes a file, or replaces it, in one atomic step. */
    void write(String name, byte[] content) throws IOException {
        Path fresh = folder.resolve(name + ".new");
        Files.write(fresh, content);
        Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private synchronized void readIndex() throws IOException {
        long complete = eachLine((line, offset) -> {
            RequestId request = idOf(line);
            if (request != null) {
                index.put(request, new Line(offset, line.length));
            }
        });
        results.truncate(complete);
        end = complete;
    }

    private static @Nullable RequestId idOf(byte[] line) {
        String start =
                new String(line, 0, Math.min(line.length, ID_FIELD.length() + ID_LENGTH), StandardCharsets.ISO_8859_1);
        try {
            return start.startsWith(ID_FIELD) ? RequestId.parse(start.substring(ID_FIELD.length())) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @FunctionalInterface
    private interface RawLineReceiver {
        void accept(byte[] line, long offset) throws IOException;
    }

    /** Reads the complete lines and returns the position after the last one. */
    private long eachLine(RawLineReceiver receiver) throws IOException {
        long offset = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(folder.resolve("turns.jsonl")), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    receiver.accept(line.toByteArray(), offset);
                    offset += line.size() + 1;
                    line.reset();
                } else {
                    line.write(next);
                }
            }
        }
        return offset;
    }

    /** Passes all results to the receiver, in the order in which they were added. Skips lines that cannot be read. */
    void each(LineReceiver receiver) throws IOException {
        var _ = eachLine((line, offset) -> {
            ComparedTurn turn = turnOf(line);
            if (turn != null) {
                receiver.accept(turn, offset, line.length);
            }
        });
    }

    private @Nullable ComparedTurn turnOf(byte[] line) {
        try {
            return wire.read(line, ComparedTurn.class);
        } catch (UnreadableRecordException e) {
            return null;
        }
    }

    /** Returns the number of results. */
    synchronized int size() {
        return index.size();
    }

    @Override
    public synchronized boolean contains(RequestId request) {
        return index.containsKey(request);
    }

    @Override
    public Optional<ComparedTurn> find(RequestId request) {
        Line line;
        synchronized (this) {
            line = index.get(request);
        }
        return line == null ? Optional.empty() : Optional.ofNullable(read(line.offset(), line.length()));
    }

    /** Reads the result at this position; null if it cannot be read. */
    @Nullable
    ComparedTurn read(long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            while (bytes.hasRemaining() && results.read(bytes, offset + bytes.position()) >= 0) {
                // continues until the line is complete
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return turnOf(bytes.array());
    }

    @Override
    public void add(ComparedTurn turn) {
        byte[] json = wire.writeValue(turn);
        ByteBuffer line =
                ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
        synchronized (this) {
            long offset = end;
            try {
                while (line.hasRemaining()) {
                    end += results.write(line, end);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            index.put(turn.requestId(), new Line(offset, json.length));
        }
    }

    @Override
    public void close() throws IOException {
        results.close();
    }
}
