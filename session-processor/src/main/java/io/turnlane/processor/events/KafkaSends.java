package io.turnlane.processor.events;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.springframework.kafka.core.KafkaOperations;

/** Publishes records to Kafka. The exception of a failed publication shows if a retry can succeed. */
public final class KafkaSends {

    private KafkaSends() {}

    /**
     * Publishes a record.
     *
     * @return completes when Kafka has acknowledged the record; fails with {@link RecordTooLargeForLogException} if
     *     Kafka will never accept it, at once with {@link RecordRefusedException} if the client did not accept it, or
     *     with another exception if Kafka does not acknowledge it in time
     */
    public static CompletableFuture<Object> send(
            KafkaOperations<byte[], byte[]> kafka, ProducerRecord<byte[], byte[]> record) {
        try {
            return kafka.send(record).handle((sent, e) -> {
                if (e == null) {
                    return sent;
                }
                throw isTooLarge(e) ? new RecordTooLargeForLogException(e) : new CompletionException(e);
            });
        } catch (KafkaException | org.springframework.kafka.KafkaException e) {
            // KafkaTemplate throws if the producer has rejected the record before it added the record to a batch.
            return CompletableFuture.failedFuture(
                    isTooLarge(e) ? new RecordTooLargeForLogException(e) : new RecordRefusedException(e));
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
