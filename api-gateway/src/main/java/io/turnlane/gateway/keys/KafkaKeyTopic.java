package io.turnlane.gateway.keys;

import io.turnlane.model.ApiKey;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys topic: one partition, compacted, a record a key under its id. Its last record says how the key stands.
 *
 * @param connection how Kafka is reached; settings as its clients take them
 */
public record KafkaKeyTopic(Map<String, Object> connection, String name) {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaKeyTopic.class);
    private static final WireFormat WIRE = new WireFormat();
    private static final String TYPE = "api_key";
    private static final int MILLIS = 10_000;
    private static final Duration POLL = Duration.ofMillis(200);

    public KafkaKeyTopic {
        connection = Map.copyOf(connection);
    }

    /** Makes the topic where it is missing. */
    public void createIfMissing(short replicas) throws ExecutionException, InterruptedException {
        NewTopic topic = new NewTopic(name, 1, replicas)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        // What was revoked is to be gone from the disk too, though few records come.
                        TopicConfig.SEGMENT_MS_CONFIG,
                        Long.toString(Duration.ofDays(1).toMillis()),
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        "0.1"));
        try (Admin admin = Admin.create(limited())) {
            admin.createTopics(List.of(topic)).all().get();
            LOG.atInfo().setMessage("topic made").addKeyValue("topic", name).log();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** Says how this key stands from now on; returns when the log has it. */
    public void publish(ApiKey key) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = limited();
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, MILLIS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(name, key.id(), WIRE.writeValue(key));
        record.headers()
                .add(RecordHeaders.TYPE, utf8(TYPE))
                .add(RecordHeaders.SCHEMA_VERSION, utf8(WireFormat.SCHEMA_VERSION));
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }

    private Map<String, Object> limited() {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put("default.api.timeout.ms", MILLIS);
        settings.put("request.timeout.ms", MILLIS / 2);
        return settings;
    }

    /** All keys that were ever made and are still told of, revoked ones too. */
    public Collection<ApiKey> readAll() {
        Map<String, Object> settings = limited();
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        Map<String, ApiKey> all = new TreeMap<>();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            readToEnd(consumer, all);
        }
        return all.values();
    }

    /**
     * Reads from the beginning to what is the end now, and leaves the consumer there.
     *
     * @throws org.apache.kafka.common.KafkaException where the broker is away, or the topic
     */
    void readToEnd(Consumer<String, byte[]> consumer, Map<String, ApiKey> into) {
        List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                .map(p -> new TopicPartition(name, p.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("no such topic yet: " + name);
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(record -> apply(record, into));
        }
    }

    /** Takes a record in. One that can't be read takes its key away: it may have been meant to revoke it. */
    static void apply(ConsumerRecord<String, byte[]> record, Map<String, ApiKey> into) {
        if (record.key() == null) {
            return;
        }
        into.remove(record.key());
        if (record.value() == null) {
            return;
        }
        try {
            ApiKey key = WIRE.read(record.value(), ApiKey.class);
            if (key.id().equals(record.key())) {
                into.put(key.id(), key);
            }
        } catch (UnreadableRecordException e) {
            LOG.atWarn()
                    .setMessage("API key can't be read and opens nothing")
                    .addKeyValue("offset", record.offset())
                    .log();
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
