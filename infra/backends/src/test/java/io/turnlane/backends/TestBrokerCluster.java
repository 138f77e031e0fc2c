package io.turnlane.backends;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * Cluster of three Kafka brokers, each a process that is also a controller. Unless a topic is created with other
 * settings, each of its partitions has one replica. Not thread-safe.
 */
public final class TestBrokerCluster implements AutoCloseable {

    private static final int BROKERS = 3;
    private static final BrokerLogin LOGIN = new BrokerLogin("open-sesame");

    private final Path folder;
    private final List<ChildProcess> brokers = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    private TestBrokerCluster(Path folder) {
        this.folder = folder;
    }

    /** Starts a cluster; returns when all brokers are ready. */
    public static TestBrokerCluster start() {
        try {
            TestBrokerCluster cluster = new TestBrokerCluster(Files.createTempDirectory("turnlane-brokers"));
            cluster.launch();
            return cluster;
        } catch (IOException | ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void launch() throws IOException, InterruptedException, ExecutionException {
        String clusterId = Uuid.randomUuid().toString();
        List<Integer> controllers = new ArrayList<>();
        for (int i = 0; i < BROKERS; i++) {
            ports.add(FreePort.any());
            controllers.add(FreePort.any());
        }
        for (int i = 0; i < BROKERS; i++) {
            Path home = Files.createDirectories(folder.resolve("broker-" + (i + 1)));
            Path settings = home.resolve("server.properties");
            StringWriter text = new StringWriter();
            settings(home, i + 1, controllers).store(text, null);
            Files.writeString(settings, text.toString());
            brokers.add(new ChildProcess(new BrokerNode(home, clusterId), home.resolve("out.log"), launched -> {}));
        }
        startAll();
    }

    /** Starts the brokers in parallel, because each needs a majority to become ready. */
    private void startAll() throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> starts = new ArrayList<>();
            for (ChildProcess broker : brokers) {
                starts.add(() -> {
                    broker.start();
                    return null;
                });
            }
            for (Future<Void> start : threads.invokeAll(starts)) {
                start.get();
            }
        }
    }

    private Properties settings(Path home, int id, List<Integer> controllers) {
        BrokerSettings single =
                new BrokerSettings(home, ports.get(id - 1), controllers.get(id - 1), LOGIN, Optional.empty());
        Properties settings = single.toProperties();
        settings.put("node.id", Integer.toString(id));
        List<String> voters = new ArrayList<>();
        for (int i = 0; i < BROKERS; i++) {
            voters.add((i + 1) + "@127.0.0.1:" + controllers.get(i));
        }
        settings.put("controller.quorum.voters", String.join(",", voters));
        settings.put("offsets.topic.replication.factor", "3");
        return settings;
    }

    /** Returns the settings of a Kafka client. */
    public Map<String, Object> kafka() {
        Map<String, Object> settings = new HashMap<>(LOGIN.clientSettings());
        settings.put("bootstrap.servers", bootstrapServers());
        return settings;
    }

    private String bootstrapServers() {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** Returns the arguments with which a gateway or processor uses the cluster. */
    public List<String> springArguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add("--spring.kafka.bootstrap-servers=" + bootstrapServers());
        LOGIN.clientSettings()
                .forEach((name, value) -> arguments.add("--spring.kafka.properties." + name + "=" + value));
        return arguments;
    }

    /** Ends a broker with SIGKILL. Ids start at 1. */
    public void kill(int id) {
        brokers.get(id - 1).kill();
    }

    /** Starts a broker again. */
    public void start(int id) {
        try {
            brokers.get(id - 1).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        brokers.forEach(ChildProcess::kill);
        brokers.forEach(ChildProcess::close);
        TestBackends.deleteRecursively(folder);
    }

    /**
     * Main class of a broker. Its arguments are its folder and the id of the cluster. Ends when standard input closes.
     */
    static final class NodeMain {

        private NodeMain() {}

        public static void main(String[] args) throws Exception {
            Path home = Path.of(args[0]);
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    System.in.readAllBytes();
                } catch (IOException _) {
                    // treated like its end
                }
                Runtime.getRuntime().halt(0);
            });
            Properties settings = new Properties();
            try (Reader in = Files.newBufferedReader(home.resolve("server.properties"))) {
                settings.load(in);
            }
            Path log = Path.of(settings.getProperty("log.dirs"));
            if (!Files.exists(log.resolve("meta.properties"))) {
                Files.createDirectories(log);
                new Formatter()
                        .setPrintStream(System.out)
                        .setClusterId(args[1])
                        .setNodeId(Integer.parseInt(settings.getProperty("node.id")))
                        .setControllerListenerName(settings.getProperty("controller.listener.names"))
                        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                        .setMetadataLogDirectory(log.toString())
                        .addDirectory(log.toString())
                        .run();
            }
            KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
            server.startup();
            Files.writeString(
                    home.resolve("ready"), Long.toString(ProcessHandle.current().pid()));
            server.awaitShutdown();
        }
    }

    record BrokerNode(Path home, String clusterId) implements Program {

        @Override
        public String name() {
            return home.getFileName().toString();
        }

        @Override
        public List<String> prepare() throws IOException {
            Files.deleteIfExists(home.resolve("ready"));
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Dlogback.configurationFile=turnlane-broker-logback.xml",
                    "-Dturnlane.broker.log=" + home.resolve("broker.log"),
                    NodeMain.class.getName(),
                    home.toString(),
                    clusterId);
        }

        @Override
        public Map<String, String> environment() {
            return Map.of("CLASSPATH", System.getProperty("java.class.path"));
        }

        @Override
        public boolean isReady(long pid) {
            try {
                return Files.exists(home.resolve("ready"))
                        && Files.readString(home.resolve("ready")).equals(Long.toString(pid));
            } catch (IOException _) {
                return false;
            }
        }
    }
}
