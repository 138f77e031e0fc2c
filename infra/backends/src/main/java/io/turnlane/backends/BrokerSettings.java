package io.turnlane.backends;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Settings of the embedded broker: one node that is both broker and controller, on the loopback address. All listeners
 * require the login.
 *
 * @param folder folder of the broker's data
 * @param port port for clients
 * @param controllerPort port on which the broker connects to the controller in the same process
 * @param login login of the clients, and of the broker itself
 * @param proxied additional listener for clients that connect through a proxy
 */
record BrokerSettings(
        Path folder, int port, int controllerPort, BrokerLogin login, Optional<Backends.ProxiedListener> proxied) {

    private static final String CLIENT_LISTENER = "CLIENT";
    private static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final String PROXIED_LISTENER = "PROXIED";

    Properties toProperties() {
        Properties settings = new Properties();
        putNode(settings);
        putListeners(settings);
        putInternalTopics(settings);
        putTimings(settings);
        putFootprint(settings);
        return settings;
    }

    private void putNode(Properties settings) {
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("log.dirs", folder.resolve("log").toString());
        settings.put("auto.create.topics.enable", "false");
    }

    private void putListeners(Properties settings) {
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        settings.put("inter.broker.listener.name", CLIENT_LISTENER);
        settings.put("sasl.enabled.mechanisms", BrokerLogin.MECHANISM);
        settings.put("sasl.mechanism.inter.broker.protocol", BrokerLogin.MECHANISM);
        settings.put("sasl.mechanism.controller.protocol", BrokerLogin.MECHANISM);
        addListener(settings, CLIENT_LISTENER, port, List.of(port));
        addListener(settings, CONTROLLER_LISTENER, controllerPort, List.of()); // must not be advertised
        proxied.ifPresent(
                proxy -> addListener(settings, PROXIED_LISTENER, proxy.port(), List.of(proxy.advertisedPort())));
    }

    private void addListener(Properties settings, String name, int port, List<Integer> advertised) {
        append(settings, "listeners", name + "://127.0.0.1:" + port);
        advertised.forEach(number -> append(settings, "advertised.listeners", name + "://127.0.0.1:" + number));
        append(settings, "listener.security.protocol.map", name + ":" + BrokerLogin.PROTOCOL);
        settings.putAll(login.listenerSettings(name));
    }

    private static void append(Properties settings, String name, String more) {
        settings.merge(name, more, (before, added) -> before + "," + added);
    }

    private static void putInternalTopics(Properties settings) {
        settings.put("default.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
    }

    private static void putTimings(Properties settings) {
        // If the broker was killed, its next start waits until its previous session has expired. The default is 9 s.
        settings.put("broker.session.timeout.ms", "2000");
        settings.put("broker.heartbeat.interval.ms", "400");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.session.timeout.ms", "1000");
        settings.put("group.consumer.session.timeout.ms", "10000");
        settings.put("group.consumer.min.heartbeat.interval.ms", "500");
        settings.put("group.consumer.heartbeat.interval.ms", "1000");
    }

    private static void putFootprint(Properties settings) {
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "2");
        settings.put("group.coordinator.threads", "1");
        settings.put("share.coordinator.threads", "1");
        settings.put("log.segment.bytes", Integer.toString(256 << 20));
        settings.put("log.index.size.max.bytes", Integer.toString(1 << 20));
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    }
}
