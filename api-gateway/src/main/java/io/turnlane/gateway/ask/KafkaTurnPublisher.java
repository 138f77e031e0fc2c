package io.turnlane.gateway.ask;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.Topics;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/**
 * Session commands on the turns topic. The key is the session's and the partitioner Kafka's default, so that all of a
 * session's commands stand in one partition, in the order in which they were acknowledged.
 */
@Component
final class KafkaTurnPublisher implements TurnPublisher {

    /** A little more than the producer's own delivery timeout plus what it may block: it always answers first. */
    private static final long PATIENCE_SECONDS = 8;

    private final KafkaTemplate<String, byte[]> kafka;
    private final WireFormat wire;
    private final String topic;

    KafkaTurnPublisher(KafkaTemplate<String, byte[]> kafka, WireFormat wire, Topics topics) {
        this.kafka = kafka;
        this.wire = wire;
        this.topic = topics.turns();
    }

    @Override
    public void publish(SessionCommand command, long eventsFrom, @Nullable String traceparent)
            throws NotPublishedException {
        var record = new ProducerRecord<>(topic, command.key().toString(), wire.write(command));
        head(record.headers(), command, eventsFrom, traceparent);
        try {
            kafka.send(record).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new NotPublishedException(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException | KafkaException | org.springframework.kafka.KafkaException e) {
            throw new NotPublishedException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotPublishedException(e);
        }
    }

    private static void head(Headers headers, SessionCommand command, long eventsFrom, @Nullable String traceparent) {
        put(headers, RecordHeaders.TYPE, command.type());
        put(headers, RecordHeaders.REQUEST_ID, command.requestId().toString());
        put(headers, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        put(headers, RecordHeaders.EVENTS_FROM, Long.toString(eventsFrom));
        if (command.userId() != null) {
            put(headers, RecordHeaders.USER_ID, command.userId());
        }
        if (traceparent != null) {
            put(headers, RecordHeaders.TRACEPARENT, traceparent);
        }
        put(headers, RecordHeaders.CE_ID, command.requestId().toString());
        put(headers, RecordHeaders.CE_TYPE, "io.turnlane." + command.type());
        put(headers, RecordHeaders.CE_SOURCE, "/turnlane/gateway");
        put(headers, RecordHeaders.CE_SPECVERSION, "1.0");
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
