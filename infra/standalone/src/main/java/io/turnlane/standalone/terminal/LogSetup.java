package io.turnlane.standalone.terminal;

import java.nio.file.Path;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Configures the log of a command. Must be called before anything logs. */
public final class LogSetup {

    private static final String CONFIGURATION = "logback.configurationFile";

    private LogSetup() {}

    /** Logs to {@code logs/turnlane.log} in the data folder, and warnings and errors also to the terminal. */
    public static void toFiles(Path data) {
        // Prevents the two Spring contexts of this JVM from applying their own log configurations. Both use the
        // configuration of this class.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty("turnlane.logs", data.resolve("logs").toString());
        System.setProperty(CONFIGURATION, "turnlane-up-logback.xml");
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** Logs only warnings and errors, to the terminal. */
    public static void quiet() {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty(CONFIGURATION, "turnlane-quiet-logback.xml");
    }
}
