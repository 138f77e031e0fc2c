package io.turnlane.processor;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** A session processor on its own; set up by {@code processor.yaml}. */
@SpringBootApplication
public class ProcessorApplication {

    /** The name of its configuration file, so that it can share a class path with a gateway. */
    public static final String CONFIG_NAME = "processor";

    public static void main(String[] args) {
        new SpringApplicationBuilder(ProcessorApplication.class)
                .properties("spring.config.name=" + CONFIG_NAME)
                .run(args);
    }
}
