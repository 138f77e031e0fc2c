package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Kafka broker and Redis for tests.
 *
 * <p>{@link #shared()} returns the pair that all tests of a JVM share: containers if Docker is available, otherwise
 * child processes. Tests that stop, kill or freeze one of them use {@link #forFaults()}. This pair always consists of
 * child processes, because they must keep their ports across restarts.
 *
 * <p>Thread-safe.
 */
public abstract sealed class TestBackends implements AutoCloseable permits EmbeddedTestBackends, DockerTestBackends {

    /**
     * Timeouts of a gateway for backends that no test stops. With its own timeouts, from 1 s on, a gateway on a machine
     * that stalls would answer 503.
     */
    private static final Map<String, String> PATIENT = Map.of(
            "spring.data.redis.timeout", "15s",
            "spring.kafka.producer.properties.max.block.ms", "15000",
            "spring.kafka.producer.properties.request.timeout.ms", "15000",
            "spring.kafka.producer.properties.delivery.timeout.ms", "20000");

    /** The pair for faults, if it was started. */
    private static volatile TestBackends forFaults;

    /** Returns the pair of this JVM. It is started by the first call and stopped when the JVM ends. */
    public static TestBackends shared() {
        return Shared.PAIR;
    }

    /**
     * Returns another pair of this JVM, whose processes a test may stop, kill and freeze. Both are running, even if an
     * earlier test has stopped them. Redis keeps the data and settings of earlier tests.
     */
    public static EmbeddedTestBackends forFaults() {
        return ForFaults.PAIR.restored();
    }

    /** Returns the settings of a Kafka client: the bootstrap servers and the login. */
    public abstract Map<String, Object> kafka();

    /** Returns the settings of a Kafka client with further settings. */
    public final Map<String, Object> kafka(Map<String, ?> more) {
        Map<String, Object> all = new HashMap<>(kafka());
        all.putAll(more);
        return all;
    }

    /** Returns the properties with which a gateway or processor uses this pair. */
    public final Map<String, String> springProperties() {
        Map<String, String> all = new LinkedHashMap<>();
        kafka().forEach((name, value) -> all.put("spring.kafka.properties." + name, value.toString()));
        all.put("spring.kafka.bootstrap-servers", all.remove("spring.kafka.properties.bootstrap.servers"));
        all.put("spring.data.redis.url", redisUrl());
        return all;
    }

    /**
     * Returns {@link #springProperties} for a gateway. If no test stops this pair, they contain longer timeouts than
     * the gateway's own.
     */
    public final Map<String, String> gatewayProperties() {
        Map<String, String> all = springProperties();
        if (this != forFaults) {
            all.putAll(PATIENT);
        }
        return all;
    }

    /** Returns {@link #springProperties} as arguments of a Spring application. */
    public final List<String> springArguments() {
        return springProperties().entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toList();
    }

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
            closeWhenTheJvmEnds(pair);
            return pair;
        }
    }

    /** Starts the pair lazily, when this class is loaded. */
    private static final class ForFaults {
        static final EmbeddedTestBackends PAIR = start();

        private static EmbeddedTestBackends start() {
            EmbeddedTestBackends pair = EmbeddedTestBackends.start();
            closeWhenTheJvmEnds(pair);
            forFaults = pair;
            return pair;
        }
    }

    private static void closeWhenTheJvmEnds(TestBackends pair) {
        Runtime.getRuntime().addShutdownHook(new Thread(pair::close, "test-backends"));
    }
}
