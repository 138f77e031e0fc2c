package io.turnlane.backends;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
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
 * Main class of the embedded broker. Its argument is the broker's folder. The broker runs in a JVM of its own, because
 * Kafka halts the JVM if the disk is full.
 *
 * <p>The standard input is connected to the parent process. When the parent ends for any reason, the stream closes and
 * the broker stops. A line {@code watch <pid> <start in epoch ms>} on the standard input names another process that the
 * broker stops when the parent ends. The parent names Redis, which cannot detect this end. Only the last line counts.
 *
 * <p>Exit codes: 0 parent ended, 1 broker failed (standard error and the log contain the reason), 2 wrong arguments,
 * 143 stopped by SIGTERM.
 */
final class BrokerMain {

    private static final Logger log = LoggerFactory.getLogger(BrokerMain.class);

    /** File in the broker's folder with its settings. Only its owner can read it, because it contains the password. */
    static final String SETTINGS_FILE = "server.properties";

    /** File in the broker's folder that contains the broker's pid when the broker is ready. */
    static final String READY_FILE = "ready";

    private BrokerMain() {}

    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("Usage: <folder>");
            System.exit(2);
        }
        Thread.ofPlatform().daemon().name("parent-watch").start(BrokerMain::awaitParentEnd);
        try {
            run(Path.of(args[0]));
        } catch (Exception e) {
            log.atError().setCause(e).log("broker failed");
            System.err.println("The broker failed: " + e);
            System.exit(1);
        }
    }

    private static void run(Path folder) throws Exception {
        Properties settings = new Properties();
        try (Reader in = Files.newBufferedReader(folder.resolve(SETTINGS_FILE))) {
            settings.load(in);
        }
        KafkaConfig config = KafkaConfig.fromProps(settings);
        formatIfNew(config);
        KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        server.startup();
        Files.writeString(
                folder.resolve(READY_FILE),
                Long.toString(ProcessHandle.current().pid()));
        log.atInfo().addKeyValue("listeners", settings.get("listeners")).log("broker ready");
        server.awaitShutdown();
    }

    private static void formatIfNew(KafkaConfig config) throws Exception {
        Path directory = Path.of(config.metadataLogDir());
        if (Files.exists(directory.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
            return;
        }
        Files.createDirectories(directory);
        new Formatter()
                .setPrintStream(System.out)
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(config.nodeId())
                .setControllerListenerName(
                        config.getList("controller.listener.names").getFirst())
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

    /** Returns the input line that makes the broker stop {@code process} when the broker's parent ends. */
    static String watchLine(ProcessId process) {
        return "watch " + process.pid() + " " + process.started().toEpochMilli() + "\n";
    }
}
