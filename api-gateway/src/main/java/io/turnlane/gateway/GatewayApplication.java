package io.turnlane.gateway;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An API gateway on its own. */
@SpringBootApplication
public class GatewayApplication {

    /** Its configuration is {@code gateway.yaml}: a processor in the same JVM has a file of its own. */
    public static final Map<String, Object> DEFAULTS = Map.of("spring.config.name", "gateway");

    public static void main(String[] args) {
        application().run(args);
    }

    /** The application, ready to be run; a launcher may set more defaults first. */
    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.setDefaultProperties(DEFAULTS);
        return application;
    }
}
