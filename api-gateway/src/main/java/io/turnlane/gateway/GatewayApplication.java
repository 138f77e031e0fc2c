package io.turnlane.gateway;

import io.turnlane.log.BackendAccess;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Spring Boot application of a standalone API gateway. */
@SpringBootApplication
public class GatewayApplication {

    /**
     * Default properties. They name the configuration file {@code gateway.yaml}, so that a processor in the same JVM
     * can use a different file.
     */
    public static final Map<String, Object> DEFAULTS = Map.of("spring.config.name", "gateway");

    public static void main(String[] args) {
        application().run(args);
    }

    /** Returns the application without running it. A launcher can add default properties to it. */
    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.setDefaultProperties(DEFAULTS);
        application.addInitializers(new BackendAccess());
        return application;
    }
}
