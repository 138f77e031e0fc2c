package io.turnlane.processor.commands;

import io.turnlane.log.CommandHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.events.KafkaSends;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.core.KafkaOperations;

/**
 * Publishes session commands to Kafka in the same format as the gateways. The key of a record is the session, so that
 * all commands of a session go to one partition.
 */
public final class KafkaCommandPublisher implements CommandPublisher {

    private final KafkaOperations<byte[], byte[]> kafka;
    private final String topic;
    private final WireFormat wire;
    private final InstantSource clock;

    public KafkaCommandPublisher(
            KafkaOperations<byte[], byte[]> kafka, String topic, WireFormat wire, InstantSource clock) {
        this.kafka = kafka;
        this.topic = topic;
        this.wire = wire;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<?> publish(SessionCommand command) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                null,
                clock.millis(),
                command.key().toString().getBytes(StandardCharsets.UTF_8),
                wire.write(command));
        CommandHeaders.addTo(record.headers(), command, "/turnlane/processor");
        return KafkaSends.send(kafka, record);
    }
}
