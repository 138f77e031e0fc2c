package io.turnlane.chaos.history;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends lines to a file. Any thread may write. A lock keeps each line complete. If the disk is slower than the run,
 * the writing threads wait, and no line is discarded.
 *
 * <p>A {@link #buffered} writer passes its lines to the operating system at least every 200 ms while lines are written,
 * and at {@link #close}. A {@link #durable} writer passes each line immediately, so that no line is lost if its process
 * is killed.
 */
public final class LineWriter implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final LineFormat format = new LineFormat();
    private final ReentrantLock lock = new ReentrantLock();
    private final OutputStream out;
    private final long flushNanos;
    private long flushed = System.nanoTime();

    private LineWriter(Path file, long flushNanos) throws IOException {
        this.out = new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), BUFFER);
        this.flushNanos = flushNanos;
    }

    /** Creates a writer for files of the driver. */
    public static LineWriter buffered(Path file) throws IOException {
        return new LineWriter(file, FLUSH_NANOS);
    }

    /** Creates a writer for a process that can be killed at any time. */
    public static LineWriter durable(Path file) throws IOException {
        return new LineWriter(file, 0);
    }

    /** Appends a line of the history or of an agent file. */
    public void write(HistoryLine line) {
        append(format.write(line));
    }

    /** Appends a record of a topic. */
    public void write(TopicRecord line) {
        append(format.writeValue(line));
    }

    /** Appends a session's memory. */
    public void write(StoredSession line) {
        append(format.writeValue(line));
    }

    private void append(byte[] line) {
        lock.lock();
        try {
            out.write(line);
            out.write('\n');
            long now = System.nanoTime();
            if (now - flushed >= flushNanos) {
                out.flush();
                flushed = now;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to the files of the run", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            out.close();
        } finally {
            lock.unlock();
        }
    }
}
