package io.turnlane.processor.commands;

import io.turnlane.log.CommandHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
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
public record KafkaCommandPublisher(
        KafkaOperations<byte[], byte[]> kafka, Topics topics, WireFormat wire, InstantSource clock)
        implements CommandPublisher {

    @Override
    public CompletableFuture<?> publish(SessionCommand command) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topics.turns(),
                null,
                clock.millis(),
                command.key().toString().getBytes(StandardCharsets.UTF_8),
                wire.write(command));
        CommandHeaders.addTo(record.headers(), command, "/turnlane/processor");
        return KafkaSends.send(kafka, record);
    }
}
