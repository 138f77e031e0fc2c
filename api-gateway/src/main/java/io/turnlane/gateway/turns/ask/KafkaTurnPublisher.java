package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.turns.deliver.BoundedWaits;
import io.turnlane.gateway.turns.deliver.BoundedWaits.BoundedWait;
import io.turnlane.log.CommandHeaders;
import io.turnlane.log.HeaderText;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/**
 * Publishes session commands to the turns topic. The record key is the session key and the partitioner is Kafka's
 * default. All commands of a session are therefore in one partition, in the order of their acknowledgements.
 *
 * <p>The journey of a turn continues in the processor, in {@code TurnPoller}.
 */
@Component
final class KafkaTurnPublisher implements TurnPublisher {

    /**
     * Maximum time to wait for the acknowledgement. It also covers the time before the producer's own delivery timeout
     * starts: while the producer fetches the topic's metadata or waits for room in its buffer.
     */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final KafkaTemplate<String, byte[]> kafka;
    private final WireFormat wire;
    private final String topic;
    private final InstantSource clock;
    private final BoundedWaits waits;

    KafkaTurnPublisher(
            KafkaTemplate<String, byte[]> kafka,
            WireFormat wire,
            Topics topics,
            InstantSource clock,
            BoundedWaits waits) {
        this.kafka = kafka;
        this.wire = wire;
        this.clock = clock;
        this.waits = waits;
        this.topic = topics.turns();
    }

    @Override
    public void publish(SessionCommand command, long eventsFrom, @Nullable String traceparent)
            throws NotPublishedException {
        send(command, eventsFrom, traceparent).await();
    }

    @Override
    public Publication send(SessionCommand command, long eventsFrom, @Nullable String traceparent)
            throws NotPublishedException {
        // Processors compare this timestamp with times of other machines, so it comes from the shared clock.
        var record =
                new ProducerRecord<>(topic, null, clock.millis(), command.key().toString(), wire.write(command));
        addHeaders(record.headers(), command, eventsFrom, traceparent);
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        CompletableFuture<?> sent = send(record);
        BoundedWait acknowledgement = waits.create();
        var _ = sent.whenComplete((_, _) -> acknowledgement.end());
        return () -> await(sent, acknowledgement, deadline);
    }

    private static void await(CompletableFuture<?> sent, BoundedWait acknowledgement, long deadline)
            throws NotPublishedException {
        try {
            if (!acknowledgement.await(Duration.ofNanos(deadline - System.nanoTime()))) {
                throw NotPublishedException.unknown(new TimeoutException("no acknowledgement within " + TIMEOUT));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw NotPublishedException.unknown(e);
        }
        if (sent.isCompletedExceptionally()) {
            Throwable cause = sent.exceptionNow();
            throw isRejection(cause) ? NotPublishedException.rejected(cause) : NotPublishedException.unknown(cause);
        }
    }

    private CompletableFuture<?> send(ProducerRecord<String, byte[]> record) throws NotPublishedException {
        try {
            return kafka.send(record);
        } catch (KafkaException | org.springframework.kafka.KafkaException | IllegalStateException e) {
            Throwable cause = NestedExceptionUtils.getMostSpecificCause(e);
            throw wasNeverSent(cause) ? NotPublishedException.rejected(cause) : NotPublishedException.unknown(cause);
        }
    }

    /**
     * Returns true if the topic certainly does not contain the record: the producer did not find the topic, its buffer
     * was full, it was closed, or Kafka {@linkplain #isRejection rejected} the record.
     */
    private static boolean wasNeverSent(Throwable cause) {
        return cause instanceof org.apache.kafka.common.errors.TimeoutException
                || !(cause instanceof ApiException)
                || isRejection(cause);
    }

    /**
     * Returns true if the error proves that the topic does not contain the record. After any other error, the broker
     * may have appended the record although its acknowledgement was lost.
     */
    private static boolean isRejection(Throwable cause) {
        return cause instanceof InvalidConfigurationException // includes invalid topics and missing permissions
                || cause instanceof InvalidTimestampException
                || cause instanceof RecordTooLargeException
                || cause instanceof PolicyViolationException;
    }

    private static void addHeaders(
            Headers headers, SessionCommand command, long eventsFrom, @Nullable String traceparent) {
        CommandHeaders.addTo(headers, command, "/turnlane/gateway");
        HeaderText.add(headers, RecordHeaders.EVENTS_FROM, Long.toString(eventsFrom));
        if (traceparent != null) {
            HeaderText.add(headers, RecordHeaders.TRACEPARENT, traceparent);
        }
    }
}
