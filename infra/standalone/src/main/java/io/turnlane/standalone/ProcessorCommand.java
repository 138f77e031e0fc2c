package io.turnlane.standalone;

import io.turnlane.standalone.options.AgentsOption;
import io.turnlane.standalone.options.AppOptions;
import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.OrderedShutdown;
import io.turnlane.standalone.run.OwnAgents;
import java.util.concurrent.Callable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that runs one processor in this process. */
@Command(
        name = "processor",
        description = {
            "Start a processor. Any number of processors can share the turns.",
            "It uses KAFKA_BOOTSTRAP_SERVERS and REDIS_URL if they are set, otherwise the Kafka and Redis",
            "that ./turnlane up or ./turnlane backends started on the same data folder."
        })
final class ProcessorCommand implements Callable<Integer> {

    @Mixin
    private AppOptions options = new AppOptions();

    @Mixin
    private AgentsOption agents = new AgentsOption();

    @Option(names = "--port", paramLabel = "N", description = "Port of health and metrics. Default: any free port.")
    private int port;

    @Override
    public Integer call() throws Exception {
        OwnAgents own = agents.load();
        Apps apps = options.apps();
        StartupProgress progress = new StartupProgress(System.out);
        try (OrderedShutdown stop =
                new OrderedShutdown(() -> progress.line("Stopping the processor. Running turns get time to finish."))) {
            ConfigurableApplicationContext processor = stop.add("processor", apps.startProcessor(port, own));
            progress.line("The processor is " + AgentsOption.ready(own) + ": health and metrics at http://127.0.0.1:"
                    + processor.getEnvironment().getProperty("local.server.port") + " (" + apps.backends() + ")");
            stop.awaitSignal();
            return 0;
        }
    }
}
