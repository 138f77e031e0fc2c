package io.turnlane.processor.quarantine;

import io.turnlane.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.springframework.kafka.core.KafkaOperations;

/** Quarantined turns to Kafka: key, value and headers as they came, and headers that say why and from where. */
public final class KafkaQuarantinePublisher implements QuarantinePublisher {

    private final KafkaOperations<byte[], byte[]> kafka;
    private final String turnsTopic;
    private final String quarantineTopic;

    public KafkaQuarantinePublisher(KafkaOperations<byte[], byte[]> kafka, String turnsTopic, String quarantineTopic) {
        this.kafka = kafka;
        this.turnsTopic = turnsTopic;
        this.quarantineTopic = quarantineTopic;
    }

    @Override
    public CompletableFuture<?> publish(QuarantinedTurn turn) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(quarantineTopic, turn.key(), turn.value());
        turn.headers().forEach(header -> record.headers().add(header.name(), header.value()));
        set(record, RecordHeaders.ERROR_CODE, turn.error().code());
        set(record, RecordHeaders.ERROR_MESSAGE, turn.error().message());
        set(record, RecordHeaders.ATTEMPT, Integer.toString(turn.attempts()));
        set(record, RecordHeaders.ORIGIN_TOPIC, turnsTopic);
        set(record, RecordHeaders.ORIGIN_PARTITION, Integer.toString(turn.partition()));
        set(record, RecordHeaders.ORIGIN_OFFSET, Long.toString(turn.offset()));
        try {
            return kafka.send(record);
        } catch (KafkaException | org.springframework.kafka.KafkaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void set(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().remove(name);
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
