package io.turnlane.processor;

import io.turnlane.log.BackendAccess;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts a session processor as a separate application, configured by {@code processor.yaml}. */
@SpringBootApplication
public class ProcessorApplication {

    public static void main(String[] args) {
        application().run(args);
    }

    /**
     * Returns the application, which reads {@code processor.yaml} and not {@code application.yaml}. It can therefore
     * share a class path or a JVM with a gateway.
     */
    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(ProcessorApplication.class)
                .properties("spring.config.name=processor")
                .initializers(new BackendAccess());
    }
}
