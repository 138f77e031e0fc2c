package io.turnlane.gateway.turns.cancel;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/** Publishes wake-ups to the control topic. */
@Component
final class KafkaWakeUpPublisher implements WakeUpPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaWakeUpPublisher.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final KafkaTemplate<String, byte[]> kafka;
    private final WireFormat wire;
    private final String topic;

    KafkaWakeUpPublisher(KafkaTemplate<String, byte[]> kafka, WireFormat wire, Topics topics) {
        this.kafka = kafka;
        this.wire = wire;
        this.topic = topics.control();
    }

    @Override
    public boolean publish(SessionKey session, WakeUp wakeUp) {
        var record = new ProducerRecord<>(topic, session.toString(), wire.writeValue(wakeUp));
        put(record, RecordHeaders.TYPE, WakeUp.TYPE);
        put(record, RecordHeaders.REQUEST_ID, wakeUp.requestId().toString());
        put(record, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        try {
            kafka.send(record).get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException
                | TimeoutException
                | KafkaException
                | org.springframework.kafka.KafkaException
                | IllegalStateException e) {
            LOG.atWarn()
                    .setMessage("wake-up not published")
                    .addKeyValue("request_id", wakeUp.requestId())
                    .addKeyValue("cause", e.toString())
                    .log();
            return false;
        }
    }

    private static void put(ProducerRecord<String, byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
