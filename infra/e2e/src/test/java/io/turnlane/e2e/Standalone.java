package io.turnlane.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * {@code ./turnlane up} as a user starts it: the built program in processes of its own, with a temporary data folder.
 * Requires {@code mvn verify}, which packages the program first.
 */
final class Standalone implements AutoCloseable {

    private static final Path LAUNCHER = Path.of("../../turnlane");
    private static final Path PROGRAM = Path.of("../standalone/target/turnlane/lib/turnlane.jar");
    private static final Path CLASS_CACHE = PROGRAM.resolveSibling("turnlane.aot");
    private static final Path BROKER_CLASS_CACHE = PROGRAM.resolveSibling("broker.aot");
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration TRAINING_LIMIT = Duration.ofMinutes(5);

    /** The launcher's command. */
    private static final List<String> JVM = jvmOfLauncher();

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
        if (!hasClassCachesOfThisBuild()) {
            createClassCaches();
        }
        Standalone standalone =
                new Standalone(Files.createTempDirectory("turnlane-e2e-"), freePort(), List.of(settings));
        standalone.start();
        return standalone;
    }

    /** Starts the program with the existing data. */
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

    private ProcessBuilder command(List<String> arguments) {
        List<String> command = new ArrayList<>(JVM);
        if (Files.exists(CLASS_CACHE)) {
            command.addAll(List.of("-XX:AOTCache=" + absolute(CLASS_CACHE), "-Xlog:aot*=off", "-Xlog:cds*=off"));
        }
        command.addAll(List.of("-jar", absolute(PROGRAM)));
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

    /** Returns true if both class caches are newer than the program. */
    private static boolean hasClassCachesOfThisBuild() throws IOException {
        FileTime built = Files.getLastModifiedTime(PROGRAM);
        for (Path cache : List.of(CLASS_CACHE, BROKER_CLASS_CACHE)) {
            if (!Files.exists(cache) || Files.getLastModifiedTime(cache).compareTo(built) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Creates the class caches, as the launcher does after each build, so that the start is as fast as for a user.
     * Deletes those of an earlier build first. Returns their files.
     *
     * @throws IllegalStateException if the command has not ended after 5 minutes; its processes are then killed
     */
    static List<Path> createClassCaches() throws IOException, InterruptedException {
        List<Path> caches = List.of(CLASS_CACHE, BROKER_CLASS_CACHE);
        for (Path cache : caches) {
            Files.deleteIfExists(cache);
        }
        List<String> train = new ArrayList<>(JVM);
        train.addAll(List.of("-jar", absolute(PROGRAM), "train", absolute(PROGRAM.getParent())));
        Process training = new ProcessBuilder(train)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!training.waitFor(TRAINING_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            training.descendants().forEach(ProcessHandle::destroyForcibly);
            training.destroyForcibly();
            throw new IllegalStateException("the class caches were not created within " + TRAINING_LIMIT);
        }
        return caches;
    }

    /** Returns the java command with the flags that the launcher script gives to every command. */
    private static List<String> jvmOfLauncher() {
        Matcher flags = Pattern.compile("JVM_FLAGS=\\(([^)]*)\\)").matcher(launcherWithoutComments());
        if (!flags.find()) {
            throw new IllegalStateException(LAUNCHER + " has no JVM_FLAGS");
        }
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of(flags.group(1).strip().split("\\s+")));
        return command;
    }

    private static String launcherWithoutComments() {
        try {
            return Files.readString(LAUNCHER).replaceAll("(?m)^\\s*#.*$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
