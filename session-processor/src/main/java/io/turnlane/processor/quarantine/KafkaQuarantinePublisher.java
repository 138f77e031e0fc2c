package io.turnlane.processor.quarantine;

import io.turnlane.model.QuarantinedTurn;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.springframework.kafka.core.KafkaOperations;

/** Quarantined turns to Kafka: value and headers as they came, and headers that say why and from where. */
public final class KafkaQuarantinePublisher implements QuarantinePublisher {

    private final KafkaOperations<byte[], byte[]> kafka;
    private final String topic;

    public KafkaQuarantinePublisher(KafkaOperations<byte[], byte[]> kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    @Override
    public CompletableFuture<?> publish(QuarantinedTurn turn) {
        byte[] key = turn.id().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, turn.value());
        turn.recordHeaders().forEach(header -> record.headers().add(header.name(), header.value()));
        try {
            return kafka.send(record);
        } catch (KafkaException | org.springframework.kafka.KafkaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
