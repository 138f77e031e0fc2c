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
 * Appends lines to a file. Any thread writes; the lock keeps lines whole and in the order of their writing. Memory is
 * bounded by one buffer of 64 KiB: a disk that is slower than the run holds the run back, nothing is dropped.
 *
 * <p>{@link #buffered} reaches the system at least every 200 ms of writing and at {@link #close}. {@link #durable} does
 * at each line, which then survives a SIGKILL of its process: for agents.
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

    /** For the driver's own files. */
    public static LineWriter buffered(Path file) throws IOException {
        return new LineWriter(file, FLUSH_NANOS);
    }

    /** For a process that may be killed at any moment. */
    public static LineWriter durable(Path file) throws IOException {
        return new LineWriter(file, 0);
    }

    /** Appends a line of the history or of an agent. */
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
            throw new UncheckedIOException("the history can't be written", e);
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
