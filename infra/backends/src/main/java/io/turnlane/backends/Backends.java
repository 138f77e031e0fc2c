package io.turnlane.backends;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
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
 * The broker and the Redis of one data folder. Both keep their data in it, listen on the loopback address only, and end
 * with this process, however it ends.
 *
 * <p>Any thread may call any method.
 */
public final class Backends implements AutoCloseable {

    private final @Nullable ChildProcess broker;
    private final @Nullable ChildProcess redis;
    private final Supervisor supervisor = new Supervisor();
    private final DataFolder folder;
    private final RunState plan;

    /**
     * What to start.
     *
     * @param kafkaBootstrapServers a cluster from outside, used in place of the embedded broker
     * @param redisUrl a Redis from outside, used in place of the embedded one
     * @param brokerPort where the embedded broker listens; 0: any free port
     * @param redisPort where the embedded Redis listens; 0: any free port
     * @param proxied a second way to the embedded broker, through a proxy
     */
    public record BackendOptions(
            Optional<String> kafkaBootstrapServers,
            Optional<String> redisUrl,
            int brokerPort,
            int redisPort,
            Optional<ProxiedListener> proxied) {

        /** Without a proxy. */
        public BackendOptions(
                Optional<String> kafkaBootstrapServers, Optional<String> redisUrl, int brokerPort, int redisPort) {
            this(kafkaBootstrapServers, redisUrl, brokerPort, redisPort, Optional.empty());
        }

        /** Both embedded, on free ports. */
        public static BackendOptions embedded() {
            return new BackendOptions(Optional.empty(), Optional.empty(), 0, 0);
        }
    }

    /**
     * A listener of the broker for clients that come through a proxy: a broker tells its clients where to connect, so
     * those must be told the proxy's port.
     *
     * @param port where the broker listens, and the proxy forwards to
     * @param advertisedPort where the proxy listens
     */
    public record ProxiedListener(int port, int advertisedPort) {}

    private Backends(DataFolder folder, RunState plan, Optional<ProxiedListener> proxied) {
        this.folder = folder;
        this.plan = plan;
        this.broker = plan.broker() == null ? null : brokerOf(plan.broker(), proxied);
        this.redis = plan.redis() == null ? null : redisOf(plan.redis());
    }

    /**
     * Chooses ports on a folder that this process holds, so that the addresses are known before anything serves. What a
     * killed run left behind is stopped first.
     */
    public static Backends on(DataFolder folder, BackendOptions wishes) throws IOException {
        stopLeftovers(folder);
        RunState plan = plan(folder.last(), wishes);
        folder.begin(plan);
        return new Backends(folder, plan, wishes.proxied());
    }

    /** Ends what a killed run left behind on the folder; false where it left nothing on record. */
    public static boolean stopLeftovers(DataFolder folder) {
        folder.previous().ifPresent(OrphanedBackends::stop);
        return folder.previous().isPresent();
    }

    /**
     * Starts both at the same time, returns once they serve, and looks after them until {@link #close}.
     *
     * @throws IOException when one of them can't be started; the other is stopped then
     */
    public void start() throws IOException, InterruptedException {
        launch();
        children().forEach(supervisor::keepRunning);
    }

    /** As {@link #start}, without looking after them: for those who kill them. */
    public void launch() throws IOException, InterruptedException {
        try {
            together(children().stream().map(Backends::starting).toList());
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static RunState plan(Optional<RunState> last, BackendOptions wishes) {
        RunState.EmbeddedBroker broker =
                wishes.kafkaBootstrapServers().isPresent() ? null : planBroker(last, wishes.brokerPort());
        RunState.EmbeddedRedis redis = wishes.redisUrl().isPresent() ? null : planRedis(last, wishes.redisPort());
        return new RunState(
                ProcessId.current(),
                null,
                broker == null ? wishes.kafkaBootstrapServers().orElseThrow() : broker.bootstrapServers(),
                redis == null ? wishes.redisUrl().orElseThrow() : redis.url(),
                broker,
                redis);
    }

    /**
     * The ports of the last run are taken again where they can be, so that gateways and processors that were started
     * beside it find the way back.
     */
    private static RunState.EmbeddedBroker planBroker(Optional<RunState> last, int wished) {
        RunState.EmbeddedBroker before = last.map(RunState::broker).orElse(null);
        int port = FreePort.preferring(wished, before == null ? 0 : before.port());
        int controllerPort = FreePort.preferring(before == null ? 0 : before.controllerPort());
        return new RunState.EmbeddedBroker(port, controllerPort, null);
    }

    private static RunState.EmbeddedRedis planRedis(Optional<RunState> last, int wished) {
        RunState.EmbeddedRedis before = last.map(RunState::redis).orElse(null);
        int port = FreePort.preferring(wished, before == null ? 0 : before.port());
        return new RunState.EmbeddedRedis(port, before == null ? newPassword() : before.password(), null);
    }

    private static String newPassword() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private ChildProcess brokerOf(RunState.EmbeddedBroker planned, Optional<ProxiedListener> proxied) {
        BrokerSettings settings =
                new BrokerSettings(folder.path().resolve("kafka"), planned.port(), planned.controllerPort(), proxied);
        return new ChildProcess(
                new BrokerProgram(settings, logFile("broker.log")), logFile("broker.out"), this::brokerLaunched);
    }

    private ChildProcess redisOf(RunState.EmbeddedRedis planned) {
        return new ChildProcess(
                new RedisProgram(folder.path().resolve("redis"), planned.port(), planned.password()),
                logFile("redis.log"),
                this::redisLaunched);
    }

    private Path logFile(String name) {
        return folder.path().resolve("logs").resolve(name);
    }

    private void brokerLaunched(ProcessId process) {
        record(state -> state.withBroker(requireNonNull(state.broker()).with(process)));
        tellBrokerOfRedis();
    }

    private void redisLaunched(ProcessId process) {
        record(state -> state.withRedis(requireNonNull(state.redis()).with(process)));
        tellBrokerOfRedis();
    }

    private void record(UnaryOperator<RunState> change) {
        try {
            folder.update(change);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Redis doesn't notice when its parent dies; the broker does, and stops Redis then. */
    private void tellBrokerOfRedis() {
        if (broker != null && redis != null) {
            redis.handle().flatMap(ProcessId::of).map(BrokerMain::watchLine).ifPresent(broker::tell);
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

    private static void together(List<Callable<Void>> steps) throws IOException, InterruptedException {
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

    /** Where Kafka is: {@code host:port}, comma-separated. */
    public String bootstrapServers() {
        return plan.kafkaBootstrapServers();
    }

    /** Where Redis is: {@code redis://:password@host:port}. */
    public String redisUrl() {
        return plan.redisUrl();
    }

    /** The embedded broker, to do harm to. */
    public ChildProcess broker() {
        return requireNonNull(broker);
    }

    /** The embedded Redis, to do harm to. */
    public ChildProcess redis() {
        return requireNonNull(redis);
    }

    /** Stops both cleanly, at the same time; the data stays. The folder stays claimed. */
    @Override
    public void close() {
        supervisor.close();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            children().forEach(child -> threads.execute(child::stop));
        }
    }
}
