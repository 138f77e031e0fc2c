package io.turnlane.backends;

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
 * One {@link Program} as a child process: started until it serves, stopped by a signal and then by force.
 *
 * <p>The child gets a session of its own, so that Ctrl-C in a terminal reaches only the parent, which stops its
 * children last. Any thread may call any method: {@code lock} lets one start, stop or kill go on at a time, except that
 * a stop or kill cuts short a start that still waits.
 */
public final class ChildProcess implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ChildProcess.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final long OUTPUT_LIMIT_BYTES = 8 << 20;
    private static final int POLL_MILLIS = 20;

    private final Program program;
    private final Path output;
    private final Consumer<ProcessId> launched;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable Process process;

    /**
     * @param output the file that gets the child's standard output and error, appended
     * @param launched told of each new process at once, before it serves
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
     * Starts the program, unless it runs, and returns once it serves.
     *
     * @throws IOException when it can't be started, ends at once, or doesn't serve within a minute; it is dead then
     */
    public void start() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (isAlive()) {
                return;
            }
            long begun = System.nanoTime();
            Process child = launch();
            process = child;
            ProcessId.of(child.toHandle()).ifPresent(launched);
            awaitReady(child);
            log.atInfo()
                    .addKeyValue("program", name())
                    .addKeyValue("pid", child.pid())
                    .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
                    .log("started");
        } finally {
            lock.unlock();
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(ProcessSession.prefix());
        command.addAll(program.prepare());
        Files.createDirectories(output.toAbsolutePath().getParent());
        if (Files.exists(output) && Files.size(output) > OUTPUT_LIMIT_BYTES) {
            Files.move(output, Path.of(output + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(program.environment());
        return builder.start();
    }

    private void awaitReady(Process child) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        try {
            while (!program.isReady(child.pid())) {
                if (child.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException("The %s ended with exit code %d before it served. %s"
                            .formatted(name(), child.exitValue(), lastWords()));
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException("The %s didn't serve within %d s. %s"
                            .formatted(name(), START_LIMIT.toSeconds(), lastWords()));
                }
            }
        } catch (IOException | InterruptedException e) {
            child.destroyForcibly();
            throw e;
        }
    }

    private String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(output);
        String tail = String.join("\n  ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        return "See " + output + (tail.isBlank() ? "" : ", which ends with:\n  " + tail);
    }

    /** Whether a process runs now; a frozen one does. */
    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** The process that runs now. */
    public Optional<ProcessHandle> handle() {
        return Optional.ofNullable(process).filter(Process::isAlive).map(Process::toHandle);
    }

    /** Completes when the process that runs now has ended; at once where none runs. */
    public CompletableFuture<?> onExit() {
        Process current = process;
        return current == null ? CompletableFuture.completedFuture(null) : current.onExit();
    }

    /** Writes a line to the child's standard input; a child that has ended doesn't get it. */
    void tell(String line) {
        Process current = process;
        if (current == null) {
            return;
        }
        try {
            current.outputWriter().write(line);
            current.outputWriter().flush();
        } catch (IOException e) {
            log.atDebug().setCause(e).addKeyValue("program", name()).log("not told");
        }
    }

    /** Asks the process to end, waits, then kills it. Returns when it is gone. */
    public void stop() {
        // By its handle: Process.destroy would close the child's standard input too, which says that the parent died.
        handle().ifPresent(ProcessHandle::destroy);
        end(program.stopLimit());
    }

    /** Ends the process with SIGKILL and returns when it is gone. */
    public void kill() {
        end(Duration.ZERO);
    }

    /** Freezes the process (SIGSTOP): its connections stay open, and nothing answers. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets a frozen process go on (SIGCONT). */
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

    private void end(Duration patience) {
        Process current = process;
        if (current == null) {
            return;
        }
        try {
            if (!current.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                log.atDebug().addKeyValue("program", name()).log("killed");
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
