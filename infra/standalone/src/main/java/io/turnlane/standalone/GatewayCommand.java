package io.turnlane.standalone;

import io.turnlane.standalone.options.AppOptions;
import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.GatewayEntry;
import io.turnlane.standalone.run.OrderedShutdown;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that runs one gateway in this process. */
@Command(
        name = "gateway",
        description = {
            "Start a gateway. Any number of gateways can share the same Kafka and Redis.",
            "It uses KAFKA_BOOTSTRAP_SERVERS and REDIS_URL if they are set, otherwise the Kafka and Redis",
            "that ./turnlane up or ./turnlane backends started on the same data folder.",
            "Commands with the same --data find this gateway without --url."
        })
final class GatewayCommand implements Callable<Integer> {

    @Mixin
    private AppOptions options = new AppOptions();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The gateway's port. Default: 8080, or the next free port.")
    private int port;

    @Override
    public Integer call() throws Exception {
        Apps apps = options.apps();
        int chosen = GatewayPort.choose(port);
        StartupProgress progress = new StartupProgress(System.out);
        try (OrderedShutdown stop = new OrderedShutdown(() -> progress.line("Stopping the gateway."))) {
            stop.add("gateway", apps.startGateway(chosen));
            URI address = URI.create("http://127.0.0.1:" + chosen);
            stop.add("entry", GatewayEntry.publish(options.data(), address));
            progress.line("The gateway is ready: " + address + "/ (" + apps.backends() + ")");
            stop.awaitSignal();
            return 0;
        }
    }
}
