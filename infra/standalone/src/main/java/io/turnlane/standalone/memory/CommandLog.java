package io.turnlane.standalone.memory;

import io.turnlane.log.CommandHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes commands to the turns topic.
 *
 * @param connection settings of the Kafka clients, {@code bootstrap.servers} included
 */
public record CommandLog(Map<String, Object> connection, String turnsTopic) {

    private static final int TIMEOUT_MS = 10_000;
    private static final int REQUEST_TIMEOUT_MS = 5_000;

    public CommandLog {
        connection = Map.copyOf(connection);
    }

    /**
     * Returns the number of partitions of the topic.
     *
     * @throws ExecutionException if Kafka does not answer, or if the topic does not exist
     */
    public int partitions() throws ExecutionException, InterruptedException {
        Map<String, Object> settings =
                clientSettings(Map.of("default.api.timeout.ms", TIMEOUT_MS, "request.timeout.ms", REQUEST_TIMEOUT_MS));
        try (Admin admin = Admin.create(settings)) {
            Map<String, TopicDescription> found =
                    admin.describeTopics(List.of(turnsTopic)).allTopicNames().get();
            return Objects.requireNonNull(found.get(turnsTopic)).partitions().size();
        }
    }

    /**
     * Publishes a command and waits for the acknowledgement.
     *
     * @throws ExecutionException if Kafka does not acknowledge the record
     */
    public void publish(SessionCommand command) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = clientSettings(Map.of(
                ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MS,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MS));
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                turnsTopic, command.key().toString().getBytes(StandardCharsets.UTF_8), new WireFormat().write(command));
        CommandHeaders.addTo(record.headers(), command, "/turnlane/cli");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(record).get();
            producer.close(Duration.ofSeconds(1));
        }
    }

    private Map<String, Object> clientSettings(Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.putAll(own);
        return settings;
    }
}
