package io.turnlane.e2e;

import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.GatewayApplication;
import io.turnlane.processor.ProcessorApplication;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Gateways and processors as they run in production, each its own application, on topics of the test's own. */
final class RunningTurnlane implements AutoCloseable {

    private final String prefix = "e" + UUID.randomUUID().toString().substring(0, 8) + ".";
    private final int partitions;
    private final List<ConfigurableApplicationContext> gateways = new ArrayList<>();
    private final List<ConfigurableApplicationContext> processors = new ArrayList<>();

    private RunningTurnlane(int partitions) {
        this.partitions = partitions;
    }

    /** One gateway and one processor. */
    static RunningTurnlane start(int partitions, String... settings) {
        RunningTurnlane turnlane = new RunningTurnlane(partitions);
        turnlane.addProcessor(settings);
        turnlane.addGateway(settings);
        return turnlane;
    }

    /** One more gateway; its address. */
    URI addGateway(String... settings) {
        SpringApplication application = GatewayApplication.application();
        gateways.add(application.run(arguments(settings)));
        return address(gateways.size() - 1);
    }

    void addProcessor(String... settings) {
        processors.add(ProcessorApplication.application().run(arguments(settings)));
    }

    URI address() {
        return address(0);
    }

    URI address(int gateway) {
        WebServerApplicationContext context = (WebServerApplicationContext) gateways.get(gateway);
        return URI.create("http://127.0.0.1:" + context.getWebServer().getPort());
    }

    ConfigurableApplicationContext gateway() {
        return gateways.getFirst();
    }

    private String[] arguments(String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + TestBackends.shared().bootstrapServers(),
                "--spring.data.redis.url=" + TestBackends.shared().redisUrl(),
                "--turnlane.topics.prefix=" + prefix,
                "--turnlane.topics.partitions=" + partitions,
                "--turnlane.processor.drain-budget=2s"));
        arguments.addAll(List.of(settings));
        return arguments.toArray(String[]::new);
    }

    @Override
    public void close() {
        gateways.forEach(ConfigurableApplicationContext::close);
        processors.forEach(ConfigurableApplicationContext::close);
    }
}
