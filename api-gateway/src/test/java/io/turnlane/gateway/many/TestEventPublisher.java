package io.turnlane.gateway.many;

import io.turnlane.gateway.TestGateway;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes events in many sessions, as their processors would. Safe for use by multiple threads. */
final class TestEventPublisher implements AutoCloseable {

    private final WireFormat wire = new WireFormat();
    private final String topic;
    private final KafkaProducer<String, byte[]> producer;

    TestEventPublisher(TestGateway gateway) {
        topic = gateway.topics().events();
        producer = new KafkaProducer<>(
                gateway.backends().kafka(Map.of("linger.ms", 2, "acks", "all")),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** Turn of one session that never ends. Confined to one thread at a time. */
    final class PublishedTurn {

        private final SessionKey session;
        private final RequestId request = new RequestId(UUID.randomUUID());
        private int seq;

        PublishedTurn(String session) {
            this.session = SessionKey.of(null, new SessionId(session));
            emit(new TurnEvent.Started());
        }

        void publishDelta(String text) {
            emit(new TurnEvent.Delta(text, 0));
        }

        private void emit(TurnEvent.Body body) {
            TurnEvent event = new TurnEvent(request, session.sessionId(), 1, seq, Instant.now(), body);
            ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, session.toString(), wire.write(event));
            put(record, RecordHeaders.TYPE, body.type());
            put(record, RecordHeaders.REQUEST_ID, request.toString());
            put(record, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
            put(record, RecordHeaders.ATTEMPT, "1");
            put(record, RecordHeaders.SEQ, Integer.toString(seq++));
            put(record, RecordHeaders.TURN, "1");
            producer.send(record);
        }

        private static void put(ProducerRecord<String, byte[]> record, String name, String value) {
            record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
