package io.turnlane.chaos.rig;

import io.turnlane.backends.Backends;
import io.turnlane.backends.ChildProcess;
import io.turnlane.backends.DataFolder;
import io.turnlane.backends.FreePort;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.member.GatewayMain;
import io.turnlane.chaos.member.ProcessorMain;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
    private final Queue<Backends> otherBackends = new ConcurrentLinkedQueue<>();
    private int runningProcessors;
    private volatile ClassPath processorClassPath;

    private Rig(RigSettings settings, DataFolder data, RigNetwork network) throws IOException {
        this.settings = settings;
        this.data = data;
        this.network = network;
        this.backends = Backends.on(data, network.backendSettings());
        network.connectTo(backends);
        this.runningProcessors = settings.processors();
        this.processorClassPath = processorClassPath(settings.control());
        for (int number = 1; number <= settings.gateways(); number++) {
            addGateway(number);
        }
        for (int number = 1; number <= settings.processors(); number++) {
            addProcessor(number);
        }
    }

    /** Returns the class path of the processors. If a control alters scripts, the altered scripts come first. */
    private ClassPath processorClassPath(@Nullable Control promise) throws IOException {
        if (promise == null || !promise.altersScripts()) {
            return new ClassPath(settings.classPath(), promise);
        }
        Path overrides = settings.folder().resolve("control-" + promise.word());
        promise.writeTo(overrides);
        return new ClassPath(overrides + File.pathSeparator + settings.classPath(), promise);
    }

    /**
     * Ends all processors and starts as many as the control needs, with this promise switched off. Null starts all
     * processors with all promises.
     */
    public void restartProcessors(@Nullable Control without) throws IOException, InterruptedException {
        processorNames().forEach(name -> member(name).kill());
        processorClassPath = processorClassPath(without);
        runningProcessors = without == null ? settings.processors() : without.processors();
        startAll();
    }

    /** Returns the promise that is switched off in the processors; null in a regular rig. */
    public @Nullable Control control() {
        return processorClassPath.control();
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

    private void addGateway(int number) {
        String name = "gateway-" + number;
        ClassPath classPath = new ClassPath(settings.classPath(), null);
        int port = FreePort.any();
        List<String> arguments = new ArrayList<>(common(port, network.gatewayKafka(), network.gatewayRedis()));
        gateways.add(URI.create("http://127.0.0.1:" + port));
        add(new MemberProgram(name, GatewayMain.class, port, clockError(number), arguments, () -> classPath));
    }

    private void addProcessor(int number) {
        String name = "processor-" + number;
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
        add(new MemberProgram(
                name, ProcessorMain.class, port, clockError(number), arguments, () -> processorClassPath));
    }

    private static Duration clockError(int number) {
        return number % 2 == 1 ? RigSettings.CLOCK_ERROR : RigSettings.CLOCK_ERROR.negated();
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

    /** Starts the gateways and processors that are not running, as many at the same time as the machine has cores. */
    public void startAll() throws IOException, InterruptedException {
        List<Callable<Void>> starts = new ArrayList<>();
        for (String name : Stream.concat(gatewayNames().stream(), processorNames().stream())
                .toList()) {
            starts.add(() -> {
                member(name).start();
                return null;
            });
        }
        // More starts at the same time would not end sooner, and each could exceed its time limit.
        int atOnce = Runtime.getRuntime().availableProcessors();
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
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

    /** Returns the names of the processors that should run. A rig with a control may have fewer than usual. */
    public List<String> processorNames() {
        return namesWith("processor-").stream().limit(runningProcessors).toList();
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

    /** Closes these backends too when the rig is closed, unless they are closed already. Any thread may call it. */
    public void closesLater(Backends other) {
        otherBackends.add(other);
    }

    /** Ends all processes. Kills the gateways and processors, because no test needs them to stop cleanly. */
    @Override
    public synchronized void close() {
        Collection<ChildProcess> all = members.values();
        all.forEach(ChildProcess::kill);
        network.close();
        otherBackends.forEach(Backends::close);
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
