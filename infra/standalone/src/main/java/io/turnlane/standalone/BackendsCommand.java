package io.turnlane.standalone;

import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.standalone.options.DataOption;
import io.turnlane.standalone.options.RedisMemoryOption;
import io.turnlane.standalone.run.BackendAddresses;
import io.turnlane.standalone.run.OrderedShutdown;
import io.turnlane.standalone.terminal.LogSetup;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that runs Kafka and Redis, for gateways and processors that are started separately. */
@Command(
        name = "backends",
        description = "Start only Kafka and Redis, on 127.0.0.1. They keep their data in the data folder.")
final class BackendsCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--kafka-port",
            paramLabel = "N",
            description = "Port of Kafka. If this option is missing or the port is taken: the port of the last run, "
                    + "or any free port.")
    private int kafkaPort;

    @Option(
            names = "--redis-port",
            paramLabel = "N",
            description = "Port of Redis. If this option is missing or the port is taken: the port of the last run, "
                    + "or any free port.")
    private int redisPort;

    @Mixin
    private RedisMemoryOption redisMemory = new RedisMemoryOption();

    @Override
    public Integer call() throws Exception {
        LogSetup.toFiles(data.path());
        StartupProgress progress = new StartupProgress(System.out);
        try (OrderedShutdown stop = new OrderedShutdown(() -> progress.line("Stopping Kafka and Redis."))) {
            DataFolder folder = stop.add("data folder", DataFolder.claim(data.path()));
            Backends.BackendOptions options = new Backends.BackendOptions(
                    Optional.empty(), Optional.empty(), kafkaPort, redisPort, redisMemory.bytes());
            Backends backends = stop.add("backends", Backends.on(folder, options));
            backends.start();
            progress.part("kafka", backends.bootstrapServers());
            progress.part("redis", BackendAddresses.withoutPassword(backends.redisUrl()));
            progress.line("\nKafka and Redis are ready. Next, in separate terminals:"
                    + " ./turnlane gateway, ./turnlane processor");
            progress.line("For other programs on this machine:\n  export KAFKA_BOOTSTRAP_SERVERS="
                    + backends.bootstrapServers() + "\n  export REDIS_URL=" + backends.redisUrl()
                    + "\nThe Kafka client of such a program needs the login in " + folder.kafkaClientFile()
                    + " (Kafka's own tools: --command-config " + folder.kafkaClientFile() + ").");
            stop.awaitSignal();
            return 0;
        }
    }
}
