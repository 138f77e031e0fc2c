package io.turnlane.processor;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** A session processor on its own; set up by {@code processor.yaml}. */
@SpringBootApplication
public class ProcessorApplication {

    public static void main(String[] args) {
        application().run(args);
    }

    /** The application by its own configuration file, so that it can share a class path, or a JVM, with a gateway. */
    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(ProcessorApplication.class).properties("spring.config.name=processor");
    }
}
