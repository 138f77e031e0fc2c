package io.turnlane.backends;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/** Kafka broker in its own process that requires SASL authentication. Not thread-safe. */
public final class SaslTestBroker implements AutoCloseable {

    private static final BrokerLogin LOGIN = new BrokerLogin("open-sesame");

    private final int port = FreePort.any();
    private final Path home;
    private final ChildProcess broker;

    private SaslTestBroker(Path home) throws IOException {
        this.home = home;
        StringWriter text = new StringWriter();
        new BrokerSettings(home, port, FreePort.any(), LOGIN, Optional.empty())
                .toProperties()
                .store(text, null);
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

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /**
     * Returns client properties, in the format of {@code --command-config} of Kafka's own tools.
     *
     * @param right true for the right password, false for a wrong one
     */
    public static String clientProperties(boolean right) {
        BrokerLogin login = right ? LOGIN : new BrokerLogin("wrong-" + LOGIN.password());
        return login.clientSettings().entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining());
    }

    @Override
    public void close() {
        broker.kill();
        broker.close();
        TestBackends.deleteRecursively(home);
    }
}
