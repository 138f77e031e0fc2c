package io.turnlane.e2e;

import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.GatewayApplication;
import io.turnlane.gateway.keys.KafkaKeyTopic;
import io.turnlane.model.Topics;
import io.turnlane.processor.ProcessorApplication;
import io.turnlane.processor.agent.AgentFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

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
        return start(partitions, List.of(), settings);
    }

    /** One gateway and one processor, which has these agents too. */
    static RunningTurnlane start(int partitions, List<AgentFactory> agents, String... settings) {
        RunningTurnlane turnlane = new RunningTurnlane(partitions);
        turnlane.addProcessor(agents, settings);
        turnlane.addGateway(settings);
        return turnlane;
    }

    /** One more gateway; its address. */
    URI addGateway(String... settings) {
        SpringApplication application = GatewayApplication.application();
        gateways.add(application.run(arguments(settings)));
        return address(gateways.size() - 1);
    }

    /** The API keys of gateways that want them. */
    KafkaKeyTopic keys() {
        return new KafkaKeyTopic(
                Map.of("bootstrap.servers", TestBackends.shared().bootstrapServers()), new Topics(prefix).keys());
    }

    void addProcessor(String... settings) {
        addProcessor(List.of(), settings);
    }

    /** The first processor leaves in good order, and another takes over what it had. */
    void replaceProcessor(List<AgentFactory> agents, String... settings) {
        processors.removeFirst().close();
        addProcessor(agents, settings);
    }

    Topics topics() {
        return new Topics(prefix);
    }

    private void addProcessor(List<AgentFactory> agents, String... settings) {
        ApplicationContextInitializer<GenericApplicationContext> withAgents = context -> agents.forEach(
                agent -> context.registerBean(agent.description().name(), AgentFactory.class, () -> agent));
        processors.add(
                ProcessorApplication.application().initializers(withAgents).run(arguments(settings)));
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
        List<String> arguments = new ArrayList<>(List.of(settings));
        List.of(
                        "--server.port=0",
                        "--spring.kafka.bootstrap-servers="
                                + TestBackends.shared().bootstrapServers(),
                        "--spring.data.redis.url=" + TestBackends.shared().redisUrl(),
                        "--turnlane.topics.prefix=" + prefix,
                        "--turnlane.topics.partitions=" + partitions,
                        "--turnlane.processor.drain-budget=2s")
                .forEach(usual -> addUnlessSet(arguments, usual));
        return arguments.toArray(String[]::new);
    }

    /** An argument that is given twice would count as a list of both values. */
    private static void addUnlessSet(List<String> arguments, String usual) {
        String name = usual.substring(0, usual.indexOf('=') + 1);
        if (arguments.stream().noneMatch(set -> set.startsWith(name))) {
            arguments.add(usual);
        }
    }

    @Override
    public void close() {
        gateways.forEach(ConfigurableApplicationContext::close);
        processors.forEach(ConfigurableApplicationContext::close);
    }
}
