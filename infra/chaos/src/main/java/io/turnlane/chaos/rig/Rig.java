package io.turnlane.chaos.rig;

import io.turnlane.backends.Backends;
import io.turnlane.backends.ChildProcess;
import io.turnlane.backends.DataFolder;
import io.turnlane.backends.FreePort;
import io.turnlane.chaos.member.GatewayMain;
import io.turnlane.chaos.member.ProcessorMain;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A complete Turnlane on the loopback address: a broker, Redis, gateways and processors, each in a separate process.
 * Faults address a process by its name: {@code broker}, {@code redis}, {@code gateway-1}, {@code processor-3}. A
 * process uses the same port after a restart. All processes end when the process of the driver ends.
 *
 * <p>The driver's thread calls the methods. A shutdown hook may also call {@link #close}.
 */
public final class Rig implements AutoCloseable {

    public static final String BROKER = "broker";
    public static final String REDIS = "redis";

    /** The consumer group of the processors. */
    public static final String GROUP = "turnlane-processors";

    private final RigSettings settings;
    private final DataFolder data;
    private final Backends backends;
    private final RigNetwork network;
    private final Map<String, ChildProcess> members = new LinkedHashMap<>();
    private final List<URI> gateways = new ArrayList<>();

    private Rig(RigSettings settings, DataFolder data, RigNetwork network) throws IOException {
        this.settings = settings;
        this.data = data;
        this.network = network;
        this.backends = Backends.on(data, network.backendSettings());
        network.connectTo(backends);
        ClassPath classPath = new ClassPath(settings.classPath());
        for (int number = 1; number <= settings.gateways(); number++) {
            addGateway("gateway-" + number, classPath);
        }
        ClassPath processors = processorClassPath(settings);
        for (int number = 1; number <= settings.processors(); number++) {
            addProcessor("processor-" + number, processors);
        }
    }

    /** Returns the class path of the processors. If the rig has a control, the files of the control come first. */
    private static ClassPath processorClassPath(RigSettings settings) throws IOException {
        if (settings.control() == null) {
            return new ClassPath(settings.classPath());
        }
        Path overrides = settings.folder().resolve("control");
        settings.control().writeTo(overrides);
        return new ClassPath(overrides + File.pathSeparator + settings.classPath());
    }

    /**
     * Starts all processes; returns when all of them are ready.
     *
     * @throws IOException if a process cannot be started; the others are then stopped
     */
    public static Rig start(RigSettings settings) throws IOException, InterruptedException {
        Files.createDirectories(settings.folder().resolve("journals"));
        DataFolder data = DataFolder.claim(settings.folder().resolve("data"));
        Rig rig = new Rig(settings, data, RigNetwork.create());
        Runtime.getRuntime().addShutdownHook(new Thread(rig::close, "rig-close"));
        try {
            rig.backends.launch();
            rig.startAll();
            return rig;
        } catch (IOException | InterruptedException | RuntimeException e) {
            rig.close();
            throw e;
        }
    }

    private void addGateway(String name, ClassPath classPath) {
        int port = FreePort.any();
        List<String> arguments = new ArrayList<>(common(port, network.gatewayKafka(), network.gatewayRedis()));
        gateways.add(URI.create("http://127.0.0.1:" + port));
        add(new MemberProgram(name, GatewayMain.class, port, arguments, classPath));
    }

    private void addProcessor(String name, ClassPath classPath) {
        int port = FreePort.any();
        List<String> arguments = new ArrayList<>(List.of(journal(name).toString(), name));
        arguments.addAll(common(port, network.processorKafka(name), network.processorRedis()));
        arguments.addAll(List.of(
                "--turnlane.processor.id=" + name,
                "--turnlane.processor.drain-budget=" + RigSettings.DRAIN_BUDGET.toSeconds() + "s",
                "--turnlane.processor.retrieval.enabled=false",
                "--spring.kafka.consumer.properties.session.timeout.ms=" + RigSettings.SESSION_TIMEOUT.toMillis(),
                "--spring.kafka.consumer.properties.heartbeat.interval.ms=700",
                "--spring.kafka.consumer.properties.max.poll.interval.ms=" + RigSettings.LONGEST_POLL.toMillis()));
        add(new MemberProgram(name, ProcessorMain.class, port, arguments, classPath));
    }

    private List<String> common(int port, String bootstrapServers, String redisUrl) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=" + port,
                "--spring.kafka.bootstrap-servers=" + bootstrapServers,
                "--spring.data.redis.url=" + redisUrl,
                "--turnlane.topics.partitions=" + settings.partitions()));
        backends.kafkaClientSettings()
                .forEach((name, value) -> arguments.add("--spring.kafka.properties." + name + "=" + value));
        return arguments;
    }

    private void add(MemberProgram program) {
        members.put(program.name(), new ChildProcess(program, logs().resolve(program.name() + ".log"), _ -> {}));
    }

    /**
     * Returns a process of the rig.
     *
     * @throws IllegalArgumentException if there is no process of this name
     */
    public ChildProcess member(String name) {
        return switch (name) {
            case BROKER -> backends.broker();
            case REDIS -> backends.redis();
            default -> {
                ChildProcess member = members.get(name);
                if (member == null) {
                    throw new IllegalArgumentException("the rig has no " + name);
                }
                yield member;
            }
        };
    }

    /**
     * Ends all faults: heals the network, resumes frozen processes, and starts missing ones, Redis and the broker
     * first.
     */
    public void heal() throws IOException, InterruptedException {
        network.heal();
        for (ChildProcess backend : List.of(backends.redis(), backends.broker())) {
            backend.thaw();
            backend.start();
        }
        members.values().forEach(ChildProcess::thaw);
        startAll();
    }

    /** Starts the gateways and processors that are not running, all at the same time. */
    public void startAll() throws IOException, InterruptedException {
        List<Callable<Void>> starts = new ArrayList<>();
        for (ChildProcess member : members.values()) {
            starts.add(() -> {
                member.start();
                return null;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> start : threads.invokeAll(starts)) {
                start.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    public List<String> gatewayNames() {
        return namesWith("gateway-");
    }

    public List<String> processorNames() {
        return namesWith("processor-");
    }

    private List<String> namesWith(String prefix) {
        return members.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    public List<URI> gateways() {
        return List.copyOf(gateways);
    }

    /** Returns the proxied connections between the processes. */
    public RigNetwork network() {
        return network;
    }

    /** Returns the settings of a Kafka client that connects to the broker without a proxy. */
    public Properties kafka() {
        Properties connection = new Properties();
        connection.putAll(backends.kafkaClientSettings());
        connection.put("bootstrap.servers", backends.bootstrapServers());
        return connection;
    }

    /** Returns the URL of Redis, without a proxy. */
    public String redisUrl() {
        return backends.redisUrl();
    }

    public RigSettings settings() {
        return settings;
    }

    /** Returns the journal of a processor's agent, which covers all runs on this rig. */
    public Path journal(String processor) {
        return settings.folder().resolve("journals").resolve("agent-" + processor + ".jsonl");
    }

    /** Returns the folder of the logs of all processes. */
    public Path logs() {
        return settings.folder().resolve("logs");
    }

    /** Ends all processes. Kills the gateways and processors, because no test needs them to stop cleanly. */
    @Override
    public synchronized void close() {
        Collection<ChildProcess> all = members.values();
        all.forEach(ChildProcess::kill);
        network.close();
        backends.broker().thaw();
        backends.redis().thaw();
        backends.close();
        try {
            data.close();
        } catch (IOException _) {
            // The lock ends with this process.
        }
    }
}
