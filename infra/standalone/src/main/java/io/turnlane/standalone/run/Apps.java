package io.turnlane.standalone.run;

import io.turnlane.gateway.GatewayApplication;
import io.turnlane.log.BackendAccess;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.processor.ProcessorApplication;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.tool.ToolMethods;
import io.turnlane.processor.system.ReplayApplication;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts gateways and processors, each as a Spring context. Both kinds share one class path. For a processor,
 * properties therefore disable the parts of Spring Boot that only a gateway needs.
 *
 * @param backends addresses of Kafka and Redis
 * @param backendsReady completes when Kafka and Redis are ready; a context creates its beans without waiting, but
 *     starts them only after completion
 * @param overrides Spring properties that take precedence over all others
 */
public record Apps(BackendAddresses backends, Future<?> backendsReady, Map<String, String> overrides) {

    public Apps {
        overrides = Map.copyOf(overrides);
    }

    /** Starts a gateway on this port. */
    public ConfigurableApplicationContext startGateway(int port) {
        return start(GatewayApplication.class, "gateway", OwnAgents.NONE, Map.of("server.port", port));
    }

    /**
     * Starts a processor.
     *
     * @param managementPort port of health and metrics; 0 for any free port
     * @param own agents and tools in addition to Turnlane's own
     */
    public ConfigurableApplicationContext startProcessor(int managementPort, OwnAgents own) {
        return start(
                ProcessorApplication.class,
                "processor",
                own,
                Map.of(
                        "server.port", managementPort,
                        "spring.web.resources.add-mappings", false,
                        "springdoc.api-docs.enabled", false,
                        "springdoc.swagger-ui.enabled", false));
    }

    /**
     * Starts a context that can replay turns. It opens no port, joins no consumer group and uses no Redis.
     *
     * @param own agents and tools in addition to Turnlane's own
     */
    public static ConfigurableApplicationContext replay(
            KafkaAddress kafka, Map<String, String> overrides, OwnAgents own) {
        Map<String, Object> properties = new HashMap<>(kafka.springProperties());
        properties.put("spring.main.banner-mode", "off");
        properties.putAll(overrides);
        return ReplayApplication.application()
                .registerShutdownHook(false)
                .initializers(prepare(properties, own), new BackendAccess())
                .run();
    }

    private ConfigurableApplicationContext start(
            Class<?> application, String name, OwnAgents own, Map<String, Object> settings) {
        Map<String, Object> properties = new HashMap<>(settings);
        properties.putAll(backends.kafka().springProperties());
        properties.put("spring.data.redis.url", backends.redisUrl());
        properties.put("management.metrics.use-global-registry", false);
        properties.put("spring.main.banner-mode", "off");
        properties.putAll(overrides);
        return new SpringApplicationBuilder(application)
                .properties("spring.config.name=" + name)
                .main(application)
                .web(WebApplicationType.SERVLET)
                .registerShutdownHook(false)
                .initializers(
                        prepare(properties, own),
                        new BackendAccess(),
                        context ->
                                context.getBeanFactory().registerSingleton("startGate", new StartGate(backendsReady)))
                .run();
    }

    private static ApplicationContextInitializer<GenericApplicationContext> prepare(
            Map<String, Object> properties, OwnAgents own) {
        return context -> {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("the options of this command", properties));
            own.agents()
                    .forEach(agent -> context.registerBean(
                            "agent " + agent.description().name(), AgentFactory.class, () -> agent));
            own.tools()
                    .forEach(tools -> context.registerBean(
                            "tools " + tools.getClass().getName(), ToolMethods.class, () -> tools));
            own.definitions()
                    .forEach(agent ->
                            context.registerBean("definition " + agent.name(), AgentDefinition.class, () -> agent));
        };
    }
}
