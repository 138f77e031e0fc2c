package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A real broker and a real Redis for tests.
 *
 * <p>{@link #shared()} gives the pair that all tests of a JVM use: containers where Docker answers, else child
 * processes. A test that stops, kills or freezes one of them makes its own with {@link #own()}; those are always child
 * processes, since they must come back on the port they had.
 *
 * <p>Any thread may call any method.
 */
public abstract sealed class TestBackends implements AutoCloseable permits EmbeddedTestBackends, DockerTestBackends {

    /** The pair of this JVM, started at the first call and stopped when the JVM ends. */
    public static TestBackends shared() {
        return Shared.PAIR;
    }

    /** A fresh pair for one test, which closes it. */
    public static EmbeddedTestBackends own() {
        return EmbeddedTestBackends.start();
    }

    /** {@code host:port} of the broker. */
    public abstract String bootstrapServers();

    /** {@code redis://:password@host:port}. */
    public abstract String redisUrl();

    /** Stops both and removes their data. */
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

    /** The lazy holder. */
    private static final class Shared {
        static final TestBackends PAIR = start();

        private static TestBackends start() {
            TestBackendsChoice choice = TestBackendsChoice.make();
            System.out.println("Backends of these tests: " + choice.reason());
            TestBackends pair = choice.containers() ? DockerTestBackends.start() : EmbeddedTestBackends.start();
            Runtime.getRuntime().addShutdownHook(new Thread(pair::close, "test-backends"));
            return pair;
        }
    }
}
