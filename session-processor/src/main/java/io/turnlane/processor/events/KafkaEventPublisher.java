package io.turnlane.processor.events;

import io.turnlane.log.HeaderText;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.trace.TraceSpan;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.springframework.kafka.core.KafkaOperations;

/**
 * Publishes turn events to Kafka. The value is the JSON that clients receive. Gateways route an event by its key and
 * headers, without reading the value.
 */
public record KafkaEventPublisher(KafkaOperations<byte[], byte[]> kafka, Topics topics, WireFormat wire)
        implements EventPublisher {

    @Override
    public CompletableFuture<?> publish(SessionKey session, TurnOrigin turn, TurnEvent event) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topics.events(),
                turn.partition(),
                event.at().toEpochMilli(),
                session.toString().getBytes(StandardCharsets.UTF_8),
                wire.write(event));
        Headers headers = record.headers();
        HeaderText.add(headers, RecordHeaders.REQUEST_ID, event.requestId().toString());
        HeaderText.add(headers, RecordHeaders.TYPE, event.body().type());
        HeaderText.add(headers, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        HeaderText.add(headers, RecordHeaders.ATTEMPT, Integer.toString(event.attempt()));
        HeaderText.add(headers, RecordHeaders.SEQ, Integer.toString(event.seq()));
        HeaderText.add(headers, RecordHeaders.TURN, Long.toString(turn.offset()));
        if (!event.modelCalls().isEmpty()) {
            headers.add(RecordHeaders.MODEL_CALLS, wire.writeValue(event.modelCalls()));
        }
        if (event.body().endsTurn()) {
            addEnd(headers, event);
            addTrace(headers, turn);
        }
        return KafkaSends.send(kafka, record);
    }

    private void addEnd(Headers headers, TurnEvent event) {
        if (event.callback() != null) {
            HeaderText.add(headers, RecordHeaders.CALLBACK_URL, event.callback());
        }
        if (event.agent() != null) {
            HeaderText.add(headers, RecordHeaders.AGENT, event.agent());
        }
        if (event.body() instanceof TurnEvent.Failed failed) {
            HeaderText.add(headers, RecordHeaders.ERROR_CODE, failed.error().code());
        } else if (event.body() instanceof TurnEvent.Completed completed) {
            addCompleted(headers, completed);
        }
    }

    /** Adds the trace context if the trace is recorded, so that gateways can record the delivery of the event. */
    private static void addTrace(Headers headers, TurnOrigin turn) {
        String traceparent = turn.traceparent();
        if (traceparent != null && TraceSpan.isSampled(traceparent)) {
            HeaderText.add(headers, RecordHeaders.TRACEPARENT, traceparent);
        }
    }

    private void addCompleted(Headers headers, TurnEvent.Completed completed) {
        if (completed.times() != null) {
            HeaderText.add(headers, RecordHeaders.TIMES, completed.times().toHeader());
        }
        if (completed.states() != null) {
            headers.add(RecordHeaders.AGENT_STATES, wire.writeValue(completed.states()));
        }
        if (!completed.toolSteps().isEmpty()) {
            headers.add(RecordHeaders.TOOL_STEPS, wire.writeValue(completed.toolSteps()));
        }
    }
}
