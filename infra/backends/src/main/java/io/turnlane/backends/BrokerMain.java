package io.turnlane.backends;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Main class of the embedded broker. The broker runs in a JVM of its own, because Kafka halts the JVM if the disk is
 * full.
 *
 * <p>Its standard input is connected to the parent process. When the parent ends for any reason, the stream closes and
 * the broker stops. A line {@code watch <pid> <start in epoch ms>} on the standard input names another process that the
 * broker stops when the parent ends. The parent names its Redis process in this way, because Redis cannot detect the
 * end of its parent. Each line replaces the process of the line before.
 *
 * <p>Exit codes: 0 stopped, 1 failed (standard error and the log contain the reason), 2 wrong arguments.
 */
final class BrokerMain {

    private static final Logger log = LoggerFactory.getLogger(BrokerMain.class);

    /** File in the broker's folder that exists when the broker is ready; contains its pid. */
    static final String READY_FILE = "ready";

    private BrokerMain() {}

    public static void main(String[] args) {
        if (args.length != 3 && args.length != 5) {
            System.err.println("Usage: <folder> <port> <controller port> [<proxied port> <advertised port>]");
            System.exit(2);
        }
        BrokerSettings settings = new BrokerSettings(
                Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]), proxied(args));
        Thread.ofPlatform().daemon().name("parent-watch").start(BrokerMain::awaitParentEnd);
        try {
            run(settings);
        } catch (Exception e) {
            log.atError().setCause(e).log("broker failed");
            System.err.println("The broker failed: " + e);
            System.exit(1);
        }
    }

    private static Optional<Backends.ProxiedListener> proxied(String[] args) {
        return args.length == 3
                ? Optional.empty()
                : Optional.of(new Backends.ProxiedListener(Integer.parseInt(args[3]), Integer.parseInt(args[4])));
    }

    private static void run(BrokerSettings settings) throws Exception {
        formatIfNew(settings);
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings.toProperties()), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        server.startup();
        Files.writeString(
                settings.folder().resolve(READY_FILE),
                Long.toString(ProcessHandle.current().pid()));
        log.atInfo().addKeyValue("port", settings.port()).log("broker ready");
        server.awaitShutdown();
    }

    private static void formatIfNew(BrokerSettings settings) throws Exception {
        Path directory = settings.logDirectory();
        if (Files.exists(directory.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
            return;
        }
        Files.createDirectories(directory);
        new Formatter()
                .setPrintStream(System.out)
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(BrokerSettings.NODE_ID)
                .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setMetadataLogDirectory(directory.toString())
                .addDirectory(directory.toString())
                .run();
    }

    private static void awaitParentEnd() {
        Optional<String> lastLine = Optional.empty();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            lastLine = in.lines().reduce((_, later) -> later);
        } catch (IOException | UncheckedIOException e) {
            log.atWarn().setCause(e).log("standard input could not be read; the broker stops");
        }
        lastLine.map(BrokerMain::parseWatch).flatMap(ProcessId::find).ifPresent(ProcessHandle::destroy);
        System.exit(0);
    }

    private static ProcessId parseWatch(String line) {
        String[] words = line.split(" ", -1);
        return new ProcessId(Long.parseLong(words[1]), Instant.ofEpochMilli(Long.parseLong(words[2])));
    }

    /** Returns the input line that makes the broker stop this process when the parent of the broker has ended. */
    static String watchLine(ProcessId process) {
        return "watch " + process.pid() + " " + process.started().toEpochMilli() + "\n";
    }
}
