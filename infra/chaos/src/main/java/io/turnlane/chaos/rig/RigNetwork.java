package io.turnlane.chaos.rig;

import io.turnlane.backends.Backends;
import io.turnlane.backends.Backends.ProxiedListener;
import io.turnlane.backends.FreePort;
import io.turnlane.chaos.proxy.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Proxied connections of a rig, called cables. The gateways reach Redis through one proxy and the processors through
 * another. One processor also reaches the broker through a proxy. The other processors connect to the broker directly,
 * so that they can continue the turns of this processor if it is disconnected. Any thread may call any method.
 */
public final class RigNetwork implements AutoCloseable {

    public static final String REDIS_OF_GATEWAYS = "redis-of-gateways";
    public static final String REDIS_OF_PROCESSORS = "redis-of-processors";
    public static final String KAFKA_OF_PROXIED_PROCESSOR = "kafka-of-processor-3";

    /** Processor that reaches the broker through {@link #KAFKA_OF_PROXIED_PROCESSOR}. */
    public static final String PROXIED_PROCESSOR = "processor-3";

    private final Map<String, FaultProxy> cables = new LinkedHashMap<>();
    private final ProxiedListener listener;
    private String kafka = "";
    private String redis = "";

    private RigNetwork(FaultProxy kafkaCable, ProxiedListener listener) {
        this.listener = listener;
        cables.put(KAFKA_OF_PROXIED_PROCESSOR, kafkaCable);
    }

    static RigNetwork create() throws IOException {
        int port = FreePort.any();
        FaultProxy cable = new FaultProxy(0, loopback(port));
        return new RigNetwork(cable, new ProxiedListener(port, cable.port()));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Returns options that add a listener for the proxied processor to the broker. */
    Backends.BackendOptions backendSettings() {
        return Backends.BackendOptions.forFaults(listener);
    }

    /** Connects the proxies to these backends. */
    void connectTo(Backends backends) throws IOException {
        kafka = backends.bootstrapServers();
        redis = backends.redisUrl();
        int port = URI.create(redis).getPort();
        cables.put(REDIS_OF_GATEWAYS, new FaultProxy(0, loopback(port)));
        cables.put(REDIS_OF_PROCESSORS, new FaultProxy(0, loopback(port)));
    }

    String gatewayKafka() {
        return kafka;
    }

    String processorKafka(String name) {
        return name.equals(PROXIED_PROCESSOR) ? "127.0.0.1:" + listener.advertisedPort() : kafka;
    }

    String gatewayRedis() {
        return redisThrough(REDIS_OF_GATEWAYS);
    }

    String processorRedis() {
        return redisThrough(REDIS_OF_PROCESSORS);
    }

    private String redisThrough(String name) {
        int port = URI.create(redis).getPort();
        return redis.replace(":" + port, ":" + cable(name).port());
    }

    /**
     * Returns a cable.
     *
     * @throws IllegalArgumentException if there is no cable of this name
     */
    public FaultProxy cable(String name) {
        FaultProxy cable = cables.get(name);
        if (cable == null) {
            throw new IllegalArgumentException("the rig has no cable " + name);
        }
        return cable;
    }

    /** Directs new connections of gateways and processors to the Redis at this port. Open connections do not change. */
    public void redirectRedisTo(int port) {
        cable(REDIS_OF_GATEWAYS).redirectTo(loopback(port));
        cable(REDIS_OF_PROCESSORS).redirectTo(loopback(port));
    }

    /** Ends the faults of all cables. */
    void heal() {
        cables.values().forEach(FaultProxy::heal);
    }

    @Override
    public void close() {
        for (FaultProxy cable : cables.values()) {
            try {
                cable.close();
            } catch (IOException _) {
                // The proxy accepts no more connections in this case either.
            }
        }
    }
}
