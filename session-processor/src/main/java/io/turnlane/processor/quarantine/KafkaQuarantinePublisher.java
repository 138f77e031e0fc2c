package io.turnlane.processor.quarantine;

import io.turnlane.model.QuarantinedTurn;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaOperations;

/**
 * Publishes quarantined turns to Kafka. A record keeps the value and headers of its turn, and gets further headers with
 * the error and the turn's log position.
 */
public final class KafkaQuarantinePublisher implements QuarantinePublisher {

    private final KafkaOperations<byte[], byte[]> kafka;
    private final String topic;

    public KafkaQuarantinePublisher(KafkaOperations<byte[], byte[]> kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    /**
     * Publishes a copy of the turn. If the copy is too large for the quarantine topic, which is possible if the
     * original was compressed, publishes it without the value. Its headers name the log position of the original.
     */
    @Override
    public CompletableFuture<?> publish(QuarantinedTurn turn) {
        return send(turn, turn.value())
                .exceptionallyCompose(e ->
                        isTooLarge(e) && turn.value() != null ? send(turn, null) : CompletableFuture.failedFuture(e));
    }

    private CompletableFuture<Object> send(QuarantinedTurn turn, byte @Nullable [] value) {
        byte[] key = turn.id().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
        turn.recordHeaders().forEach(header -> record.headers().add(header.name(), header.value()));
        try {
            return kafka.send(record).thenApply(sent -> sent);
        } catch (KafkaException | org.springframework.kafka.KafkaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean isTooLarge(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException) {
                return true;
            }
        }
        return false;
    }
}
