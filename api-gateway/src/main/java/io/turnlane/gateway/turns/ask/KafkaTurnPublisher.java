package io.turnlane.gateway.turns.ask;

import io.turnlane.gateway.turns.deliver.BoundedWaits;
import io.turnlane.gateway.turns.deliver.BoundedWaits.BoundedWait;
import io.turnlane.log.CommandHeaders;
import io.turnlane.log.HeaderText;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.trace.TraceSpan;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
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
    private final PublishSpans spans;
    private final AcceptingGateway gateway;

    KafkaTurnPublisher(
            KafkaTemplate<String, byte[]> kafka,
            WireFormat wire,
            Topics topics,
            InstantSource clock,
            BoundedWaits waits,
            PublishSpans spans,
            AcceptingGateway gateway) {
        this.kafka = kafka;
        this.wire = wire;
        this.clock = clock;
        this.waits = waits;
        this.spans = spans;
        this.gateway = gateway;
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
        TraceSpan span = spans.start(command, topic, traceparent);
        addHeaders(record.headers(), command, eventsFrom, span.traceparent());
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        CompletableFuture<?> sent = send(record, span);
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
            throw KafkaRejections.isRejection(cause)
                    ? NotPublishedException.rejected(cause)
                    : NotPublishedException.unknown(cause);
        }
    }

    /** Sends the record, and ends the span when Kafka has acknowledged the record. */
    private CompletableFuture<?> send(ProducerRecord<String, byte[]> record, TraceSpan span)
            throws NotPublishedException {
        try {
            CompletableFuture<?> sent = kafka.send(record);
            return PublishSpans.endWith(sent, span);
        } catch (KafkaException | org.springframework.kafka.KafkaException | IllegalStateException e) {
            Throwable cause = NestedExceptionUtils.getMostSpecificCause(e);
            PublishSpans.end(span, cause);
            throw KafkaRejections.wasNeverSent(cause)
                    ? NotPublishedException.rejected(cause)
                    : NotPublishedException.unknown(cause);
        }
    }

    private void addHeaders(Headers headers, SessionCommand command, long eventsFrom, @Nullable String traceparent) {
        CommandHeaders.addTo(headers, command, "/turnlane/gateway");
        HeaderText.add(headers, RecordHeaders.GATEWAY, gateway.id());
        if (command instanceof SessionCommand.Ask) {
            HeaderText.add(headers, RecordHeaders.LIMITS, gateway.limits());
        }
        HeaderText.add(headers, RecordHeaders.EVENTS_FROM, Long.toString(eventsFrom));
        if (traceparent != null) {
            HeaderText.add(headers, RecordHeaders.TRACEPARENT, traceparent);
        }
    }
}
