package io.turnlane.backends;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link Program} as a child process. {@link #start} returns when the program is ready. {@link #stop} sends a
 * signal, and kills the process if it does not end in time.
 *
 * <p>The child runs in its own POSIX session. Ctrl-C in a terminal therefore reaches only the parent, which can stop
 * the child at the end of its own shutdown.
 *
 * <p>Thread-safe. The field {@code lock} allows one start at a time. {@link #stop} and {@link #kill} do not acquire the
 * lock, so they can also end a process that is not ready yet.
 */
public final class ChildProcess implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ChildProcess.class);
    private static final long END_LIMIT_SECONDS = 10;
    private static final long OUTPUT_LIMIT_BYTES = 8 << 20;
    private static final int POLL_MILLIS = 20;

    private final Program program;
    private final Path output;
    private final Consumer<ProcessId> launched;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable Process process;

    /**
     * Creates the child without starting it.
     *
     * @param output file to which the child's standard output and error are appended
     * @param launched called with each new process, before the program is ready
     */
    public ChildProcess(Program program, Path output, Consumer<ProcessId> launched) {
        this.program = program;
        this.output = output;
        this.launched = launched;
    }

    public String name() {
        return program.name();
    }

    /**
     * Starts the program if it is not running, and returns when it is ready.
     *
     * @throws IOException if the program cannot be started, if it ends early, or if it is not ready within its
     *     {@linkplain Program#startLimit start limit}; no process is then left running
     */
    public void start() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (isAlive()) {
                return;
            }
            long start = System.nanoTime();
            Process child = launch();
            process = child;
            ProcessId.of(child.toHandle()).ifPresent(launched);
            awaitReady(child);
            log.atInfo()
                    .addKeyValue("program", name())
                    .addKeyValue("pid", child.pid())
                    .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                    .log("program started");
        } finally {
            lock.unlock();
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(ProcessSession.prefix());
        command.addAll(program.prepare());
        PrivateFiles.createFolder(requireNonNull(output.toAbsolutePath().getParent()));
        if (Files.exists(output) && Files.size(output) > OUTPUT_LIMIT_BYTES) {
            Files.move(output, Path.of(output + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        PrivateFiles.createFile(output);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(program.environment());
        return builder.start();
    }

    private void awaitReady(Process child) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + program.startLimit().toNanos();
        try {
            while (!program.isReady(child.pid())) {
                if (child.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException("The %s ended with exit code %d before it was ready. %s"
                            .formatted(name(), child.exitValue(), outputTail()));
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException("The %s was not ready within %d s. %s"
                            .formatted(name(), program.startLimit().toSeconds(), outputTail()));
                }
            }
        } catch (IOException | InterruptedException e) {
            // Without the wait, the next start could take the ending process for a running one and do nothing.
            child.destroyForcibly()
                    .onExit()
                    .completeOnTimeout(child, END_LIMIT_SECONDS, TimeUnit.SECONDS)
                    .join();
            throw e;
        }
    }

    private String outputTail() throws IOException {
        List<String> lines = Files.readAllLines(output);
        String tail = String.join("\n  ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        return "See " + output + (tail.isBlank() ? "" : ", which ends with:\n  " + tail);
    }

    /** Returns true if a process is running, even if it is frozen. */
    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** Returns the running process; empty if none is running. */
    public Optional<ProcessHandle> handle() {
        return Optional.ofNullable(process).filter(Process::isAlive).map(Process::toHandle);
    }

    /**
     * Returns a future that completes when the current process has ended; already completed if no process is running.
     */
    public CompletableFuture<?> onExit() {
        Process current = process;
        return current == null ? CompletableFuture.completedFuture(null) : current.onExit();
    }

    /** Writes a line to the child's standard input. Does nothing if the child has ended. */
    void writeInput(String line) {
        Process current = process;
        if (current == null) {
            return;
        }
        try {
            current.outputWriter().write(line);
            current.outputWriter().flush();
        } catch (IOException e) {
            log.atDebug().setCause(e).addKeyValue("program", name()).log("input could not be written");
        }
    }

    /** Sends SIGTERM, and SIGKILL if the process does not end in time. Returns when the process has ended. */
    public void stop() {
        // Process.destroy would also close the child's standard input, which the child takes for the end of its parent.
        handle().ifPresent(ProcessHandle::destroy);
        end(program.stopLimit());
    }

    /** Sends SIGKILL, and returns when the process has ended. */
    public void kill() {
        end(Duration.ZERO);
    }

    /** Freezes the process with SIGSTOP: its connections stay open, but it does not answer. */
    public void freeze() {
        signal("STOP");
    }

    /** Resumes a frozen process with SIGCONT. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        handle().ifPresent(target -> send(name, target.pid()));
    }

    private static void send(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(Duration timeout) {
        Process current = process;
        if (current == null) {
            return;
        }
        try {
            if (!current.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                log.atDebug().addKeyValue("program", name()).log("program killed");
                current.destroyForcibly().waitFor();
            }
        } catch (InterruptedException _) {
            current.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
