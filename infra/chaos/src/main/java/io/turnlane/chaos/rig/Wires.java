package io.turnlane.chaos.rig;

import io.turnlane.backends.Backends;
import java.util.Optional;

/** What stands between the processes of a rig. Any thread may call any method. */
public final class Wires implements AutoCloseable {

    private String kafka = "";
    private String redis = "";

    static Wires make() {
        return new Wires();
    }

    /** How the broker must listen. */
    Backends.Wishes wishes() {
        return new Backends.Wishes(Optional.empty(), Optional.empty(), 0, 0, Optional.empty());
    }

    /** Leads to these backends. */
    void lead(Backends backends) {
        kafka = backends.bootstrapServers();
        redis = backends.redisUrl();
    }

    String gatewayKafka() {
        return kafka;
    }

    String processorKafka(String name) {
        return kafka;
    }

    String gatewayRedis() {
        return redis;
    }

    String processorRedis() {
        return redis;
    }

    /** Lets everything through again. */
    void heal() {}

    @Override
    public void close() {}
}
