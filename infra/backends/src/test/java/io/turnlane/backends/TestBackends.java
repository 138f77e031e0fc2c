package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Kafka broker and Redis for tests.
 *
 * <p>{@link #shared()} returns the pair that all tests of a JVM share: containers if Docker is available, otherwise
 * child processes. A test that stops, kills or freezes one of them creates its own pair with {@link #own()}. Those are
 * always child processes, because they must keep their ports across restarts.
 *
 * <p>Thread-safe.
 */
public abstract sealed class TestBackends implements AutoCloseable permits EmbeddedTestBackends, DockerTestBackends {

    /** Returns the pair of this JVM. It is started by the first call and stopped when the JVM ends. */
    public static TestBackends shared() {
        return Shared.PAIR;
    }

    /** Starts a new pair for one test, which must close it. */
    public static EmbeddedTestBackends own() {
        return EmbeddedTestBackends.start();
    }

    /** Returns {@code host:port} of the broker. */
    public abstract String bootstrapServers();

    /** Returns the URL of Redis: {@code redis://:password@host:port}. */
    public abstract String redisUrl();

    /** Stops both and deletes their data. */
    @Override
    public abstract void close();

    static void deleteRecursively(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the pair lazily, when this class is loaded. */
    private static final class Shared {
        static final TestBackends PAIR = start();

        private static TestBackends start() {
            TestBackendsChoice choice = TestBackendsChoice.make();
            System.out.println("Test backends: " + choice.reason());
            TestBackends pair = choice.containers() ? DockerTestBackends.start() : EmbeddedTestBackends.start();
            Runtime.getRuntime().addShutdownHook(new Thread(pair::close, "test-backends"));
            return pair;
        }
    }
}
