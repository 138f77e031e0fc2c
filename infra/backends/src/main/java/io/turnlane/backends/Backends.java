package io.turnlane.backends;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Kafka broker and Redis of one data folder, as child processes. Both keep their data in the folder, listen only on the
 * loopback address, and require a random password that is stored in the folder. Both end when this process ends, even
 * if this process is killed.
 *
 * <p>Thread-safe.
 */
public final class Backends implements AutoCloseable {

    private final @Nullable ChildProcess broker;
    private final @Nullable ChildProcess redis;
    private final Supervisor supervisor = new Supervisor();
    private final DataFolder folder;
    private final RunState plan;

    /**
     * Selection of the backends to start.
     *
     * @param kafkaBootstrapServers external cluster to use instead of the embedded broker
     * @param redisUrl external Redis to use instead of the embedded one
     * @param brokerPort preferred port of the embedded broker; 0 for no preference
     * @param redisPort preferred port of the embedded Redis; 0 for no preference
     * @param redisMemory memory limit of the embedded Redis in bytes; 0 for a quarter of the machine's memory
     * @param proxied additional listener of the embedded broker for clients behind a proxy
     * @param movableRedis true to let clients of the embedded Redis move its data to another folder
     */
    public record BackendOptions(
            Optional<String> kafkaBootstrapServers,
            Optional<String> redisUrl,
            int brokerPort,
            int redisPort,
            long redisMemory,
            Optional<ProxiedListener> proxied,
            boolean movableRedis) {

        /** Creates options without {@code proxied} and {@code movableRedis}, which only fault tests use. */
        public BackendOptions(
                Optional<String> kafkaBootstrapServers,
                Optional<String> redisUrl,
                int brokerPort,
                int redisPort,
                long redisMemory) {
            this(kafkaBootstrapServers, redisUrl, brokerPort, redisPort, redisMemory, Optional.empty(), false);
        }

        /** Returns options for an embedded broker and an embedded Redis without preferred ports. */
        public static BackendOptions embedded() {
            return new BackendOptions(Optional.empty(), Optional.empty(), 0, 0, 0);
        }

        /** Returns options for fault tests, which put a proxy before the broker and move the data of Redis. */
        public static BackendOptions forFaults(ProxiedListener proxied) {
            return new BackendOptions(Optional.empty(), Optional.empty(), 0, 0, 0, Optional.of(proxied), true);
        }
    }

    /**
     * Listener of the broker for clients that connect through a proxy. A Kafka client connects to the port that the
     * broker advertises. This listener therefore advertises the proxy's port.
     *
     * @param port port on which the broker listens, and to which the proxy forwards
     * @param advertisedPort port on which the proxy listens
     */
    public record ProxiedListener(int port, int advertisedPort) {}

    private Backends(DataFolder folder, RunState plan, BackendOptions options) {
        this.folder = folder;
        this.plan = plan;
        this.broker = plan.broker() == null ? null : brokerOf(plan.broker(), options);
        this.redis = plan.redis() == null ? null : redisOf(plan.redis(), options);
    }

    /**
     * Prepares the backends of a data folder that this process holds. Stops the processes that a killed run left
     * behind, and chooses the ports, so that the addresses are known before {@link #start}. For each port, the choice
     * is the first free one of: the preferred port, the port of the last run, any port.
     */
    public static Backends on(DataFolder folder, BackendOptions options) throws IOException {
        stopLeftovers(folder);
        RunState plan = plan(folder.last(), options);
        folder.begin(plan);
        return new Backends(folder, plan, options);
    }

    /**
     * Stops the processes of the folder that a killed run left behind.
     *
     * @return false if the previous run ended cleanly, or if there was no previous run
     */
    public static boolean stopLeftovers(DataFolder folder) {
        folder.previous().ifPresent(OrphanedBackends::stop);
        return folder.previous().isPresent();
    }

    /**
     * Starts the broker and Redis in parallel and returns when both are ready. Until {@link #close} is called, restarts
     * them if they end.
     *
     * @throws IOException if the broker or Redis cannot be started; the other one is then stopped
     */
    public void start() throws IOException, InterruptedException {
        launch();
        children().forEach(supervisor::keepRunning);
    }

    /** Does the same as {@link #start} but never restarts the broker and Redis. Used by tests that kill them. */
    public void launch() throws IOException, InterruptedException {
        try {
            runInParallel(children().stream().map(Backends::starting).toList());
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static RunState plan(Optional<RunState> last, BackendOptions options) {
        RunState.EmbeddedBroker broker =
                options.kafkaBootstrapServers().isPresent() ? null : planBroker(last, options.brokerPort());
        RunState.EmbeddedRedis redis = options.redisUrl().isPresent() ? null : planRedis(last, options.redisPort());
        return new RunState(
                ProcessId.current(),
                null,
                broker == null ? options.kafkaBootstrapServers().orElseThrow() : broker.bootstrapServers(),
                redis == null ? options.redisUrl().orElseThrow() : redis.url(),
                broker,
                redis);
    }

    /**
     * Reuses the password of the last run, and its ports if they are free, so that gateways and processors that were
     * started separately can reconnect.
     */
    private static RunState.EmbeddedBroker planBroker(Optional<RunState> last, int preferred) {
        RunState.EmbeddedBroker before = last.map(RunState::broker).orElse(null);
        int port = FreePort.preferring(preferred, before == null ? 0 : before.port());
        int controllerPort = FreePort.preferring(before == null ? 0 : before.controllerPort());
        String password = before == null ? null : before.password();
        return new RunState.EmbeddedBroker(port, controllerPort, password == null ? newPassword() : password, null);
    }

    private static RunState.EmbeddedRedis planRedis(Optional<RunState> last, int preferred) {
        RunState.EmbeddedRedis before = last.map(RunState::redis).orElse(null);
        int port = FreePort.preferring(preferred, before == null ? 0 : before.port());
        return new RunState.EmbeddedRedis(port, before == null ? newPassword() : before.password(), null);
    }

    private static String newPassword() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private ChildProcess brokerOf(RunState.EmbeddedBroker planned, BackendOptions options) {
        BrokerSettings settings = new BrokerSettings(
                folder.path().resolve("kafka"),
                planned.port(),
                planned.controllerPort(),
                new BrokerLogin(requireNonNull(planned.password())),
                options.proxied());
        return new ChildProcess(
                new BrokerProgram(settings, logFile("broker.log")), logFile("broker.out"), this::brokerLaunched);
    }

    private ChildProcess redisOf(RunState.EmbeddedRedis planned, BackendOptions options) {
        return new ChildProcess(
                new RedisProgram(
                        folder.path().resolve("redis"),
                        planned.port(),
                        planned.password(),
                        options.redisMemory(),
                        options.movableRedis()),
                logFile("redis.log"),
                this::redisLaunched);
    }

    private Path logFile(String name) {
        return folder.path().resolve("logs").resolve(name);
    }

    private void brokerLaunched(ProcessId process) {
        record(state -> state.withBroker(requireNonNull(state.broker()).with(process)));
        watchRedis();
    }

    private void redisLaunched(ProcessId process) {
        record(state -> state.withRedis(requireNonNull(state.redis()).with(process)));
        watchRedis();
    }

    private void record(UnaryOperator<RunState> change) {
        try {
            folder.update(change);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the broker stop Redis when this process ends, because Redis cannot detect the end of its parent. */
    private void watchRedis() {
        if (broker != null && redis != null) {
            redis.handle().flatMap(ProcessId::of).map(BrokerMain::watchLine).ifPresent(broker::writeInput);
        }
    }

    private List<ChildProcess> children() {
        return Stream.of(broker, redis).filter(Objects::nonNull).toList();
    }

    private static Callable<Void> starting(ChildProcess child) {
        return () -> {
            child.start();
            return null;
        };
    }

    private static void runInParallel(List<Callable<Void>> steps) throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> step : threads.invokeAll(steps)) {
                step.get();
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case null, default -> throw new IOException(e);
            }
        }
    }

    /** Returns the bootstrap servers: {@code host:port}, comma-separated. */
    public String bootstrapServers() {
        return plan.kafkaBootstrapServers();
    }

    /**
     * Returns the settings that a Kafka client needs in addition to the bootstrap servers: the login of the embedded
     * broker. Returns an empty map if an external cluster is used.
     */
    public Map<String, String> kafkaClientSettings() {
        return plan.kafkaClientSettings();
    }

    /** Returns the URL of Redis: {@code redis://:password@host:port}. */
    public String redisUrl() {
        return plan.redisUrl();
    }

    /**
     * Returns the embedded broker, for tests that kill or freeze it.
     *
     * @throws NullPointerException if an external cluster is used
     */
    public ChildProcess broker() {
        return requireNonNull(broker);
    }

    /**
     * Returns the embedded Redis, for tests that kill or freeze it.
     *
     * @throws NullPointerException if an external Redis is used
     */
    public ChildProcess redis() {
        return requireNonNull(redis);
    }

    /**
     * Stops the broker and Redis cleanly and in parallel. The data remains, and this process still holds the folder.
     */
    @Override
    public void close() {
        supervisor.close();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            children().forEach(child -> threads.execute(child::stop));
        }
    }
}
