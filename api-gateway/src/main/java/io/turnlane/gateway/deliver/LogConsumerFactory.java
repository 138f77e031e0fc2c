package io.turnlane.gateway.deliver;

import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;

/** Makes consumers without a group, which start where they are told to and commit nothing. */
@FunctionalInterface
public interface LogConsumerFactory {

    /**
     * A new consumer; the caller closes it.
     *
     * @param role names it in the broker's and its own metrics
     * @param fetchWait how long the broker may hold a fetch back for which it has nothing yet
     */
    Consumer<String, byte[]> create(String role, Duration fetchWait);
}
