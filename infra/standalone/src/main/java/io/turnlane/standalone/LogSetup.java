package io.turnlane.standalone;

import java.nio.file.Path;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Where a command's own log goes; to be called before anything logs. */
final class LogSetup {

    private static final String CONFIGURATION = "logback.configurationFile";

    private LogSetup() {}

    /** Everything to {@code logs/turnlane.log} of the data folder; the terminal shows warnings and errors. */
    static void toFiles(Path data) {
        // One set-up for the two Spring contexts of this JVM; each would bring its own.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty("turnlane.logs", data.resolve("logs").toString());
        System.setProperty(CONFIGURATION, "turnlane-up-logback.xml");
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** Warnings and errors to the terminal, nothing else. */
    static void quiet() {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty(CONFIGURATION, "turnlane-quiet-logback.xml");
    }
}
