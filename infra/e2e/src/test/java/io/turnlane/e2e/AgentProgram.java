package io.turnlane.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;

/** Agent in a process of its own. It prints its URL as soon as it listens. */
final class AgentProgram implements AutoCloseable {

    private final Process process;
    private final Queue<String> output = new ConcurrentLinkedQueue<>();

    private AgentProgram(Process process) {
        this.process = process;
    }

    /** Starts a program and waits until it listens. */
    static AgentProgram start(ProcessBuilder command) throws IOException {
        AgentProgram program = new AgentProgram(
                command.redirectError(ProcessBuilder.Redirect.INHERIT).start());
        Thread.ofVirtual().start(program::readOutput);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .failFast("the agent ended", () -> !program.process.isAlive())
                .until(() -> program.url().isPresent());
        return program;
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException _) {
            // the process ended
        }
    }

    private Optional<URI> url() {
        return output.stream()
                .filter(line -> line.startsWith("http://"))
                .findFirst()
                .map(URI::create);
    }

    /** Returns an URL of the agent. */
    URI url(String path) {
        return url().orElseThrow().resolve(path);
    }

    /** Returns the number of lines of the output that have this text. */
    long count(String line) {
        return output.stream().filter(line::equals).count();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
