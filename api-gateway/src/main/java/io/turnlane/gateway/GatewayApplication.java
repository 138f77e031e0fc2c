package io.turnlane.gateway;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Spring Boot application of a standalone API gateway. */
@SpringBootApplication
public class GatewayApplication {

    /**
     * Default properties. The configuration file is {@code gateway.yaml}, because a processor in the same JVM has its
     * own.
     */
    public static final Map<String, Object> DEFAULTS = Map.of("spring.config.name", "gateway");

    public static void main(String[] args) {
        application().run(args);
    }

    /** Returns the application without running it. A launcher can add default properties to it. */
    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.setDefaultProperties(DEFAULTS);
        return application;
    }
}
