package io.turnlane.gateway.turns.cancel;

import io.turnlane.log.HeaderText;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
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

/**
 * Publishes wake-ups to the control topic. They notify the owner of a turn (the processor that runs it) that the turn
 * was cancelled.
 */
@Component
final class KafkaWakeUpPublisher {

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

    /** Publishes a wake-up and waits for the acknowledgement. Returns false if Kafka did not acknowledge it. */
    boolean publish(SessionKey session, WakeUp wakeUp) {
        var record = new ProducerRecord<>(topic, session.toString(), wire.writeValue(wakeUp));
        HeaderText.add(record.headers(), RecordHeaders.TYPE, WakeUp.TYPE);
        HeaderText.add(
                record.headers(), RecordHeaders.REQUEST_ID, wakeUp.requestId().toString());
        HeaderText.add(record.headers(), RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
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
                    .addKeyValue("request_id", wakeUp.requestId())
                    .addKeyValue("cause", e.toString())
                    .log("wake-up not published");
            return false;
        }
    }
}
