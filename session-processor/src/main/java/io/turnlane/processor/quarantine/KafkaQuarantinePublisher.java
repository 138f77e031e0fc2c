package io.turnlane.processor.quarantine;

import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.events.KafkaSends;
import io.turnlane.processor.events.RecordTooLargeForLogException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.core.KafkaOperations;

/**
 * Publishes quarantined turns to Kafka. The published record has the value and the headers of the turn's record, and
 * additional headers with the error and the turn's log position.
 */
public record KafkaQuarantinePublisher(KafkaOperations<byte[], byte[]> kafka, Topics topics)
        implements QuarantinePublisher {

    /**
     * Publishes a copy of the turn. If the copy is too large for the quarantine topic, because the original was
     * compressed, publishes the copy without its value. If this copy is still too large, publishes only the error and
     * the log position of the original.
     */
    @Override
    public CompletableFuture<?> publish(QuarantinedTurn turn) {
        return sendFirstThatFits(
                turn.id(),
                List.of(
                        turn,
                        new QuarantinedTurn(
                                turn.key(), null, turn.headers(), turn.error(), turn.attempts(), turn.origin()),
                        new QuarantinedTurn(null, null, List.of(), turn.error(), turn.attempts(), turn.origin())));
    }

    private CompletableFuture<Object> sendFirstThatFits(String id, List<QuarantinedTurn> copies) {
        return send(id, copies.getFirst())
                .exceptionallyCompose(e -> isTooLarge(e) && copies.size() > 1
                        ? sendFirstThatFits(id, copies.subList(1, copies.size()))
                        : CompletableFuture.failedFuture(e));
    }

    private CompletableFuture<Object> send(String id, QuarantinedTurn copy) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topics.quarantine(), id.getBytes(StandardCharsets.UTF_8), copy.value());
        copy.recordHeaders().forEach(header -> record.headers().add(header.name(), header.value()));
        return KafkaSends.send(kafka, record);
    }

    private static boolean isTooLarge(Throwable e) {
        return e instanceof RecordTooLargeForLogException
                || (e instanceof CompletionException && e.getCause() instanceof RecordTooLargeForLogException);
    }
}
