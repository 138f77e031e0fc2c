package io.turnlane.standalone;

import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.GatewayEntry;
import io.turnlane.standalone.run.OrderedShutdown;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One gateway in this process. */
@Command(
        name = "gateway",
        description = {
            "Start one gateway; as many as wanted share the backends.",
            "It uses KAFKA_BOOTSTRAP_SERVERS and REDIS_URL, by default the backends of the data folder.",
            "Commands on the same data folder find it."
        })
final class GatewayCommand implements Callable<Integer> {

    @Mixin
    private AppOptions options = new AppOptions();

    @Option(names = "--port", paramLabel = "N", description = "Default: 8080, or the next free one.")
    private int port;

    @Override
    public Integer call() throws Exception {
        Apps apps = options.apps();
        int chosen = GatewayPort.choose(port);
        StartupProgress progress = new StartupProgress(System.out);
        try (OrderedShutdown stop = new OrderedShutdown(() -> progress.line("Stopping."))) {
            stop.add("gateway", apps.startGateway(chosen));
            URI address = URI.create("http://127.0.0.1:" + chosen);
            stop.add("entry", GatewayEntry.publish(options.data(), address));
            progress.line("The gateway is ready: " + address + "/ (" + apps.backends() + ")");
            stop.awaitSignal();
            return 0;
        }
    }
}
