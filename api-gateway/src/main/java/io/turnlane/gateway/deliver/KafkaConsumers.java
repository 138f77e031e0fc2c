package io.turnlane.gateway.deliver;

import org.apache.kafka.clients.consumer.Consumer;

/** Makes consumers without a group, which start where they are told to and commit nothing. */
@FunctionalInterface
public interface KafkaConsumers {

    /** A new consumer; {@code role} names it in the broker's and its own metrics. The caller closes it. */
    Consumer<String, byte[]> create(String role);
}
