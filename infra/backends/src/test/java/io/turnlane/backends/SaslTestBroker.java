package io.turnlane.backends;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.plain.PlainLoginModule;

/** Kafka broker in its own process that requires SASL authentication. Not thread-safe. */
public final class SaslTestBroker implements AutoCloseable {

    private static final String LISTENER = "GUARDED";
    private static final String USER = "operator";
    private static final String PASSWORD = "open-sesame";

    private final int port = FreePort.any();
    private final Path home;
    private final ChildProcess broker;

    private SaslTestBroker(Path home) throws IOException {
        this.home = home;
        StringWriter text = new StringWriter();
        settings().store(text, null);
        Files.writeString(home.resolve("server.properties"), text.toString());
        this.broker = new ChildProcess(
                new TestBrokerCluster.BrokerNode(home, Uuid.randomUuid().toString()), home.resolve("out.log"), _ -> {});
    }

    /** Starts a broker; returns when it is ready. */
    public static SaslTestBroker start() throws IOException, InterruptedException {
        SaslTestBroker guarded = new SaslTestBroker(Files.createTempDirectory("turnlane-sasl"));
        guarded.broker.start();
        return guarded;
    }

    private Properties settings() {
        Properties settings = new BrokerSettings(home, FreePort.any(), FreePort.any(), Optional.empty()).toProperties();
        String prefix = "listener.name." + LISTENER.toLowerCase(java.util.Locale.ROOT) + ".";
        settings.merge("listeners", LISTENER + "://127.0.0.1:" + port, SaslTestBroker::append);
        settings.merge("advertised.listeners", LISTENER + "://127.0.0.1:" + port, SaslTestBroker::append);
        settings.merge("listener.security.protocol.map", LISTENER + ":SASL_PLAINTEXT", SaslTestBroker::append);
        settings.put(prefix + "sasl.enabled.mechanisms", "PLAIN");
        settings.put(
                prefix + "plain.sasl.jaas.config",
                PlainLoginModule.class.getName() + " required user_" + USER + "=\"" + PASSWORD + "\";");
        return settings;
    }

    private static Object append(Object before, Object more) {
        return before + "," + more;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /**
     * Returns client properties, in the format of {@code --command-config} of Kafka's own tools.
     *
     * @param right true for the right password, false for a wrong one
     */
    public static String clientProperties(boolean right) {
        return """
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=PLAIN
                sasl.jaas.config=%s required username="%s" password="%s";
                """.formatted(PlainLoginModule.class.getName(), USER, right ? PASSWORD : "wrong-" + PASSWORD);
    }

    @Override
    public void close() {
        broker.kill();
        broker.close();
        TestBackends.deleteRecursively(home);
    }
}
