package io.turnlane.standalone;

import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.standalone.options.AgentsOption;
import io.turnlane.standalone.options.ChatVariables;
import io.turnlane.standalone.options.DataOption;
import io.turnlane.standalone.options.KafkaOption;
import io.turnlane.standalone.options.RedisMemoryOption;
import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.BackendAddresses;
import io.turnlane.standalone.run.OrderedShutdown;
import io.turnlane.standalone.run.OwnAgents;
import io.turnlane.standalone.terminal.LogSetup;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that runs Kafka, Redis, a gateway and a processor on one machine. */
@Command(
        name = "up",
        description = {
            "Start Kafka, Redis, a gateway and a processor on 127.0.0.1, and print the chat page's address.",
            "Kafka and Redis keep their data in the data folder.",
            "If KAFKA_BOOTSTRAP_SERVERS or REDIS_URL is set, that service is used instead of the embedded one.",
            "TURNLANE_CHAT_PROVIDER=kimi lets a model answer by default. See docs/agents.md."
        })
final class UpCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The gateway's port. Default: 8080, or the next free port.")
    private int port;

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Mixin
    private AgentsOption agents = new AgentsOption();

    @Mixin
    private RedisMemoryOption redisMemory = new RedisMemoryOption();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set a configuration property of gateway and processor; repeatable.")
    private Map<String, String> settings = new HashMap<>();

    @Override
    public Integer call() throws Exception {
        Optional<AgentDefinition> chat = ChatVariables.read(System.getenv());
        OwnAgents own = agents.load().with(chat.stream().toList());
        LogSetup.toFiles(data.path());
        StartupProgress progress = new StartupProgress(System.out);
        try (OrderedShutdown stop =
                new OrderedShutdown(() -> progress.line("Stopping Turnlane. Running turns get time to finish."))) {
            DataFolder folder = stop.add("data folder", DataFolder.claim(data.path()));
            int gatewayPort = GatewayPort.choose(port);
            progress.line("Starting Turnlane. Data and logs: " + folder.path());
            Backends backends = stop.add("backends", Backends.on(folder, options(System.getenv())));
            startTogether(stop, backends, gatewayPort, own, progress);
            String address = "http://127.0.0.1:" + gatewayPort;
            folder.publishAddress(address);
            progress.line("\nTurnlane is ready: " + address + "/   (to stop it: Ctrl-C or ./turnlane down)");
            stop.awaitSignal();
            return 0;
        }
    }

    private Backends.BackendOptions options(Map<String, String> environment) {
        return new Backends.BackendOptions(
                BackendAddresses.named(environment, BackendAddresses.KAFKA),
                BackendAddresses.named(environment, BackendAddresses.REDIS),
                0,
                0,
                redisMemory.bytes());
    }

    /**
     * Starts Kafka, Redis, a gateway and a processor. The processor is registered last and therefore stops first, so
     * that the gateway can still send its last answers to clients.
     */
    private void startTogether(
            OrderedShutdown stop, Backends backends, int gatewayPort, OwnAgents own, StartupProgress progress)
            throws ExecutionException, InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            CompletableFuture<Void> backendsReady = new CompletableFuture<>();
            var _ = threads.submit(orAbort(backendsReady, () -> {
                backends.start();
                progress.part("kafka", backends.bootstrapServers());
                progress.part("redis", BackendAddresses.withoutPassword(backends.redisUrl()));
                return backendsReady.complete(null);
            }));
            Apps apps = new Apps(BackendAddresses.of(backends), backendsReady, kafka.withOverrides(settings(own)));
            Future<ConfigurableApplicationContext> gateway = threads.submit(orAbort(backendsReady, () -> {
                ConfigurableApplicationContext context = apps.startGateway(gatewayPort);
                progress.part("gateway", "127.0.0.1:" + gatewayPort);
                return context;
            }));
            Future<ConfigurableApplicationContext> processor = threads.submit(orAbort(backendsReady, () -> {
                ConfigurableApplicationContext context = apps.startProcessor(0, own);
                progress.part("processor", AgentsOption.ready(own));
                return context;
            }));
            stop.add("gateway", startedBy(gateway));
            stop.add("processor", startedBy(processor));
            gateway.get();
            processor.get();
        }
    }

    /** Returns the settings. The model of {@link ChatVariables} answers by default, unless another agent is set. */
    private Map<String, String> settings(OwnAgents own) {
        Map<String, String> all = new HashMap<>(settings);
        if (System.getenv("TURNLANE_AGENTS_DEFAULT") == null) {
            own.definitions().forEach(agent -> all.putIfAbsent("turnlane.agents.default", agent.name()));
        }
        return all;
    }

    /**
     * Returns a start whose failure also completes {@code backendsReady} exceptionally, which ends the other starts.
     */
    private static <T> Callable<T> orAbort(CompletableFuture<?> backendsReady, Callable<T> start) {
        return () -> {
            try {
                return start.call();
            } catch (Exception e) {
                backendsReady.completeExceptionally(e);
                throw e;
            }
        };
    }

    /**
     * Returns a handle for a part that is still starting. Closing the handle waits until the part has started and then
     * closes the part. If the start failed, closing the handle has no effect.
     */
    private static AutoCloseable startedBy(Future<? extends AutoCloseable> start) {
        return () -> {
            try {
                start.get().close();
            } catch (ExecutionException _) {
                // reported to the caller that awaits the start
            }
        };
    }
}
