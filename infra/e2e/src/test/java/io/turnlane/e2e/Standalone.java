package io.turnlane.e2e;

import io.turnlane.backends.PackedProgram;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * {@code ./turnlane up} as a user starts it: the built program in processes of its own, with a temporary data folder.
 * Requires {@code mvn verify}, which packages the program first.
 */
final class Standalone implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Path data;
    private final int port;
    private final List<String> settings;
    private Process process;
    private Duration readyAfter = Duration.ZERO;

    private Standalone(Path data, int port, List<String> settings) {
        this.data = data;
        this.port = port;
        this.settings = settings;
    }

    /**
     * Starts the program with these settings of gateway and processor ({@code key=value}) and waits until it is ready.
     */
    static Standalone up(String... settings) throws IOException, InterruptedException {
        Standalone standalone =
                new Standalone(Files.createTempDirectory("turnlane-e2e-"), freePort(), List.of(settings));
        standalone.start();
        return standalone;
    }

    /** Starts the program with the existing data. */
    void start() throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("up", "--port", Integer.toString(port)));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        Path output = Files.createTempFile(data, "up-", ".txt");
        long start = System.nanoTime();
        process = command(arguments)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Awaitility.await()
                .atMost(TIMEOUT)
                .failFast(() -> !process.isAlive())
                .until(() -> Files.readString(output).contains("Turnlane is ready: " + address()));
        readyAfter = Duration.ofNanos(System.nanoTime() - start);
    }

    Duration readyAfter() {
        return readyAfter;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    Path data() {
        return data;
    }

    /** Exit code and output of a command. */
    record ProgramResult(int exitCode, String output) {}

    /** Runs another command of the program with the same data. */
    ProgramResult run(String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(data, "command-", ".txt");
        Process running = command(List.of(arguments))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!running.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            running.destroyForcibly();
        }
        return new ProgramResult(running.waitFor(), Files.readString(output));
    }

    /** Kills the process of {@code up}, and no other. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Stops the program as Ctrl-C does and returns its exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    private ProcessBuilder command(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = PackedProgram.command();
        command.add(arguments.getFirst());
        command.addAll(List.of("--data", data.toString()));
        command.addAll(arguments.subList(1, arguments.size()));
        return new ProcessBuilder(command).directory(data.toFile());
    }

    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                stop();
            }
            try (Stream<Path> files = Files.walk(data)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
