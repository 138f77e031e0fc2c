package io.turnlane.standalone;

import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.standalone.run.BackendAddresses;
import io.turnlane.standalone.run.OrderedShutdown;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A broker and a Redis, for gateways and processors that are started one by one. */
@Command(name = "backends", description = "Start only the broker and Redis of the data folder, on 127.0.0.1.")
final class BackendsCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--kafka-port", paramLabel = "N", description = "Default: any free one.")
    private int kafkaPort;

    @Option(names = "--redis-port", paramLabel = "N", description = "Default: any free one.")
    private int redisPort;

    @Override
    public Integer call() throws Exception {
        LogSetup.toFiles(data.path());
        StartupProgress progress = new StartupProgress(System.out);
        try (OrderedShutdown stop = new OrderedShutdown(() -> progress.line("Stopping."))) {
            DataFolder folder = stop.add("data folder", DataFolder.claim(data.path()));
            Backends.BackendOptions wishes =
                    new Backends.BackendOptions(Optional.empty(), Optional.empty(), kafkaPort, redisPort);
            Backends backends = stop.add("backends", Backends.on(folder, wishes));
            backends.start();
            progress.part("kafka", backends.bootstrapServers());
            progress.part("redis", BackendAddresses.withoutPassword(backends.redisUrl()));
            progress.line(
                    "\nThe backends are ready. Now, each in a terminal: ./turnlane gateway, ./turnlane processor");
            progress.line("Other programs find them by:\n  export KAFKA_BOOTSTRAP_SERVERS="
                    + backends.bootstrapServers() + "\n  export REDIS_URL=" + backends.redisUrl());
            stop.awaitSignal();
            return 0;
        }
    }
}
