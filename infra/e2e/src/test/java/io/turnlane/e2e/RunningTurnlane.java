package io.turnlane.e2e;

import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.GatewayApplication;
import io.turnlane.log.CompactedTopic;
import io.turnlane.model.ApiKey;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.ProcessorApplication;
import io.turnlane.processor.agent.AgentFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Gateways and processors as in production, each an application of its own, with topics only for this test. */
final class RunningTurnlane implements AutoCloseable {

    private final String prefix = "e" + UUID.randomUUID().toString().substring(0, 8) + ".";
    private final int partitions;
    private final List<ConfigurableApplicationContext> gateways = new ArrayList<>();
    private final List<ConfigurableApplicationContext> processors = new ArrayList<>();

    private RunningTurnlane(int partitions) {
        this.partitions = partitions;
    }

    /** Starts one gateway without a processor. */
    static RunningTurnlane withoutProcessor(int partitions, String... settings) {
        RunningTurnlane turnlane = new RunningTurnlane(partitions);
        turnlane.addGateway(settings);
        return turnlane;
    }

    /** Starts one gateway and one processor. */
    static RunningTurnlane start(int partitions, String... settings) {
        return start(partitions, List.of(), settings);
    }

    /** Starts one gateway and one processor, which has these agents in addition. */
    static RunningTurnlane start(int partitions, List<AgentFactory> agents, String... settings) {
        RunningTurnlane turnlane = new RunningTurnlane(partitions);
        turnlane.addProcessor(agents, settings);
        turnlane.addGateway(settings);
        return turnlane;
    }

    /** Starts one more gateway and returns its address. */
    URI addGateway(String... settings) {
        SpringApplication application = GatewayApplication.application();
        gateways.add(application.run(arguments(TestBackends.shared().gatewayProperties(), settings)));
        return address(gateways.size() - 1);
    }

    /** Returns the topic of API keys. */
    CompactedTopic<ApiKey> keys() {
        return CompactedTopic.ofApiKeys(TestBackends.shared().kafka(), new Topics(prefix));
    }

    void addProcessor(String... settings) {
        addProcessor(List.of(), settings);
    }

    /** Stops the first processor normally and starts another one, which takes over its partitions. */
    void replaceProcessor(List<AgentFactory> agents, String... settings) {
        processors.removeFirst().close();
        addProcessor(agents, settings);
    }

    /** Returns the prefix of this test's topics. */
    String prefix() {
        return prefix;
    }

    Topics topics() {
        return new Topics(prefix);
    }

    private void addProcessor(List<AgentFactory> agents, String... settings) {
        ApplicationContextInitializer<GenericApplicationContext> withAgents = context -> agents.forEach(
                agent -> context.registerBean(agent.description().name(), AgentFactory.class, () -> agent));
        processors.add(ProcessorApplication.application()
                .initializers(withAgents)
                .run(arguments(TestBackends.shared().springProperties(), settings)));
    }

    /** Starts a processor as a process of its own, which a test can kill. */
    Process startProcessorProgram(String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ProcessorApplication.class.getName()));
        command.addAll(List.of(arguments(TestBackends.shared().springProperties(), settings)));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    URI address() {
        return address(0);
    }

    URI address(int gateway) {
        return address(gateways.get(gateway));
    }

    private static URI address(ConfigurableApplicationContext context) {
        return URI.create("http://127.0.0.1:"
                + ((WebServerApplicationContext) context).getWebServer().getPort());
    }

    /** Returns the management address of the first processor. */
    URI processorAddress() {
        return address(processors.getFirst());
    }

    ConfigurableApplicationContext gateway() {
        return gateways.getFirst();
    }

    private String[] arguments(Map<String, String> backends, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(settings));
        backends.forEach((name, value) -> addUnlessSet(arguments, "--" + name + "=" + value));
        List.of(
                        "--server.port=0",
                        "--turnlane.topics.prefix=" + prefix,
                        "--turnlane.topics.partitions=" + partitions,
                        "--turnlane.processor.drain-budget=2s")
                .forEach(argument -> addUnlessSet(arguments, argument));
        return arguments.toArray(String[]::new);
    }

    /** Adds a default. Spring would treat an argument given twice as a list of both values. */
    private static void addUnlessSet(List<String> arguments, String argument) {
        String name = argument.substring(0, argument.indexOf('=') + 1);
        if (arguments.stream().noneMatch(set -> set.startsWith(name))) {
            arguments.add(argument);
        }
    }

    @Override
    public void close() {
        gateways.forEach(ConfigurableApplicationContext::close);
        processors.forEach(ConfigurableApplicationContext::close);
    }
}
