package io.turnlane.bench.rig;

import io.turnlane.backends.ChildProcess;
import io.turnlane.backends.DataFolder;
import io.turnlane.backends.FreePort;
import io.turnlane.backends.ProcessId;
import io.turnlane.backends.RunState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A Turnlane as {@code ./turnlane up} starts it, in processes of its own, and the further servers of a benchmark. All
 * of them use the broker and the Redis of {@code up}, so that every subject has the same backends. {@link #close} ends
 * all processes, and so does the end of this JVM, except by SIGKILL.
 *
 * <p>Used by one thread; the shutdown hook also calls {@link #close}.
 */
public final class Installation implements AutoCloseable {

    private final Path folder;
    private final HttpProgram program;
    private final ChildProcess up;
    private final List<ChildProcess> servers = new ArrayList<>();
    private final Deque<ChildProcess> processors = new ArrayDeque<>();

    private Installation(Path folder) {
        this.folder = folder;
        this.program = HttpProgram.up(folder.resolve("data"), FreePort.any());
        this.up = new ChildProcess(program, log(program.name()), _ -> {});
    }

    /**
     * Starts Turnlane and returns when it is ready.
     *
     * @param folder folder of its data and of all logs
     */
    public static Installation start(Path folder) throws IOException, InterruptedException {
        Installation installation = new Installation(folder.toAbsolutePath());
        Runtime.getRuntime().addShutdownHook(new Thread(installation::close, "installation-close"));
        try {
            installation.up.start();
            return installation;
        } catch (IOException | InterruptedException e) {
            installation.close();
            throw e;
        }
    }

    private Path log(String name) {
        return folder.resolve("logs").resolve(name + ".log");
    }

    /**
     * Starts a further server.
     *
     * @param main main class, whose arguments are a port, the address of Redis, and settings of Kafka clients
     */
    public Server startServer(String name, Class<?> main) throws IOException, InterruptedException {
        int port = FreePort.any();
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(port), redisUrl()));
        kafka().forEach((key, value) -> arguments.add(key + "=" + value));
        HttpProgram server = HttpProgram.server(name, main, port, arguments);
        ChildProcess process = new ChildProcess(server, log(name), _ -> {});
        synchronized (this) {
            servers.add(process);
        }
        process.start();
        return new Server(server.address(), process.handle().stream().toList());
    }

    /** Starts a further processor, and returns when it is ready. */
    public void startProcessor() throws IOException, InterruptedException {
        String name;
        ChildProcess process;
        synchronized (this) {
            name = "processor-" + (processors.size() + 2); // the process of up is the first one
            process = new ChildProcess(
                    HttpProgram.processor(name, folder.resolve("data"), FreePort.any()), log(name), _ -> {});
            processors.addLast(process);
        }
        process.start();
    }

    /** Stops the processor that was started last, as an operator does, and returns when its process has ended. */
    public void stopProcessor() {
        ChildProcess process;
        synchronized (this) {
            process = processors.removeLast();
        }
        process.stop();
    }

    /**
     * A running server.
     *
     * @param processes its processes, without the backends
     */
    public record Server(InetSocketAddress address, List<ProcessHandle> processes) {}

    /** Returns the server of Turnlane, whose process is both gateway and processor. */
    public Server turnlane() {
        return new Server(program.address(), up.handle().stream().toList());
    }

    private RunState state() {
        return DataFolder.read(folder.resolve("data"))
                .orElseThrow(() -> new IllegalStateException("Turnlane is not running on " + folder));
    }

    /** Returns the settings with which a Kafka client reaches the broker. */
    public Properties kafka() {
        RunState state = state();
        Properties settings = new Properties();
        settings.putAll(state.kafkaClientSettings());
        settings.put("bootstrap.servers", state.kafkaBootstrapServers());
        return settings;
    }

    public String redisUrl() {
        return state().redisUrl();
    }

    /** Returns the processes of the embedded broker and the embedded Redis. */
    public List<ProcessHandle> backends() {
        RunState state = state();
        RunState.EmbeddedBroker broker = state.broker();
        RunState.EmbeddedRedis redis = state.redis();
        return Stream.of(broker == null ? null : broker.process(), redis == null ? null : redis.process())
                .filter(Objects::nonNull)
                .map(ProcessId::find)
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public synchronized void close() {
        servers.forEach(ChildProcess::kill);
        processors.forEach(ChildProcess::kill);
        up.stop();
    }
}
