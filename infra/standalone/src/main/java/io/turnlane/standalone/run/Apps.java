package io.turnlane.standalone.run;

import io.turnlane.gateway.GatewayApplication;
import io.turnlane.processor.ProcessorApplication;
import io.turnlane.processor.system.ReplayApplication;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts a gateway or a processor as a Spring context of its own. Both see one class path here, so each is told to
 * leave alone what the other brought.
 *
 * @param backends where Kafka and Redis are
 * @param backendsServe awaited after a context's beans are made and before the first of them starts
 * @param overrides Spring properties that win over everything else
 */
public record Apps(BackendAddresses backends, Future<?> backendsServe, Map<String, String> overrides) {

    public Apps {
        overrides = Map.copyOf(overrides);
    }

    /** A gateway that serves on this port of the loopback address. */
    public ConfigurableApplicationContext startGateway(int port) {
        return start(GatewayApplication.class, "gateway", Map.of("server.port", port));
    }

    /** A processor whose health and figures are served on this port; 0: any free one. */
    public ConfigurableApplicationContext startProcessor(int managementPort) {
        return start(
                ProcessorApplication.class,
                "processor",
                Map.of(
                        "server.port", managementPort,
                        "spring.web.resources.add-mappings", false,
                        "springdoc.api-docs.enabled", false,
                        "springdoc.swagger-ui.enabled", false));
    }

    /** Agents and a replay over the topics; it serves nothing and joins no group. */
    public ConfigurableApplicationContext replay() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.kafka.bootstrap-servers", backends.kafkaBootstrapServers());
        properties.put("spring.main.banner-mode", "off");
        properties.putAll(overrides);
        return ReplayApplication.application()
                .registerShutdownHook(false)
                .initializers(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("launcher", properties)))
                .run();
    }

    private ConfigurableApplicationContext start(Class<?> application, String name, Map<String, Object> own) {
        Map<String, Object> properties = new HashMap<>(own);
        properties.put("spring.kafka.bootstrap-servers", backends.kafkaBootstrapServers());
        properties.put("spring.data.redis.url", backends.redisUrl());
        properties.put("management.metrics.use-global-registry", false);
        properties.put("spring.main.banner-mode", "off");
        properties.putAll(overrides);
        return new SpringApplicationBuilder(application)
                .properties("spring.config.name=" + name)
                .main(application)
                .web(WebApplicationType.SERVLET)
                .registerShutdownHook(false)
                .initializers(context -> {
                    context.getEnvironment()
                            .getPropertySources()
                            .addFirst(new MapPropertySource("launcher", properties));
                    context.getBeanFactory().registerSingleton("startGate", new StartGate(backendsServe));
                })
                .run();
    }
}
