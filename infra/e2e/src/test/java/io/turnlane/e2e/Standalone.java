package io.turnlane.e2e;

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
 * {@code ./turnlane up} as a user starts it: the built program, in processes of its own, on a data folder of the test's
 * own. Needs {@code mvn verify}, which packs the program first.
 */
final class Standalone implements AutoCloseable {

    private static final Path PROGRAM = Path.of("../standalone/target/turnlane/lib/turnlane.jar");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
     * Starts it with these settings of gateway and processor ({@code key=value}) and waits until it says that it is
     * ready.
     */
    static Standalone up(String... settings) throws IOException {
        Standalone standalone =
                new Standalone(Files.createTempDirectory("turnlane-e2e-"), freePort(), List.of(settings));
        standalone.start();
        return standalone;
    }

    /** Starts it on the data that is there. */
    void start() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("up", "--port", Integer.toString(port)));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        Path output = Files.createTempFile(data, "up-", ".txt");
        long start = System.nanoTime();
        process = command(arguments)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Awaitility.await()
                .atMost(PATIENCE)
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

    /** How a command ended and what it printed. */
    record Result(int exitCode, String output) {}

    /** Runs another command of the program on the same data. */
    Result run(String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(data, "command-", ".txt");
        Process running = command(List.of(arguments))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            running.destroyForcibly();
        }
        return new Result(running.waitFor(), Files.readString(output));
    }

    /** Kills the process that {@code up} is, and nothing else. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends it as Ctrl-C does; its exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    private ProcessBuilder command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-jar",
                PROGRAM.toAbsolutePath().normalize().toString()));
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
