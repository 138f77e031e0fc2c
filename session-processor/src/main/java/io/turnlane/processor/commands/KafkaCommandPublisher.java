package io.turnlane.processor.commands;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.events.KafkaSends;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
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
        addHeaders(record.headers(), command);
        return KafkaSends.send(kafka, record);
    }

    private static void addHeaders(Headers headers, SessionCommand command) {
        add(headers, RecordHeaders.TYPE, command.type());
        add(headers, RecordHeaders.REQUEST_ID, command.requestId().toString());
        add(headers, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        if (command.userId() != null) {
            add(headers, RecordHeaders.USER_ID, command.userId());
        }
        add(headers, RecordHeaders.CE_ID, command.requestId().toString());
        add(headers, RecordHeaders.CE_TYPE, "io.turnlane." + command.type());
        add(headers, RecordHeaders.CE_SOURCE, "/turnlane/processor");
        add(headers, RecordHeaders.CE_SPECVERSION, "1.0");
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
