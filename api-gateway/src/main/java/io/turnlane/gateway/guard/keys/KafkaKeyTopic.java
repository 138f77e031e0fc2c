package io.turnlane.gateway.guard.keys;

import io.turnlane.log.HeaderText;
import io.turnlane.log.LogPartitions;
import io.turnlane.log.TopicReviewer;
import io.turnlane.model.ApiKey;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
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
 * Topic of the API keys. The topic is compacted and has one partition. Each record has the id of an API key as its key.
 * The last record with an id contains the current state of that API key.
 */
public record KafkaKeyTopic(Map<String, Object> connection, String name) {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaKeyTopic.class);
    private static final WireFormat WIRE = new WireFormat();
    private static final String TYPE = "api_key";
    private static final int TIMEOUT_MS = 10_000;
    /**
     * Settings of the topic. With Kafka's defaults, compaction would rarely run on a topic with so few records, and old
     * states of keys would stay on the disk.
     */
    private static final Map<String, String> SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.SEGMENT_MS_CONFIG,
            Long.toString(Duration.ofDays(1).toMillis()),
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.1");

    private static final Duration POLL = Duration.ofMillis(200);

    public KafkaKeyTopic {
        connection = Map.copyOf(connection);
    }

    /**
     * Creates the topic if it does not exist.
     *
     * @throws IllegalStateException if the settings of the existing topic would make it lose keys; the message contains
     *     the command that corrects them
     */
    public void createIfMissing(short replicas) throws ExecutionException, InterruptedException {
        NewTopic topic = new NewTopic(name, 1, replicas).configs(SETTINGS);
        try (Admin admin = Admin.create(clientSettings())) {
            if (create(admin, topic)) {
                LOG.atInfo().addKeyValue("topic", name).log("topic created");
            } else {
                Object servers = connection.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
                new TopicReviewer(admin, servers, TIMEOUT_MS / 1000).review(Map.of(name, SETTINGS));
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot check the topic " + name, e);
        }
    }

    /** Returns false if the topic exists. */
    private static boolean create(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
    }

    /** Publishes the new state of this key. Returns when Kafka has acknowledged the record. */
    public void publish(ApiKey key) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = clientSettings();
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(name, key.id(), WIRE.writeValue(key));
        HeaderText.add(record.headers(), RecordHeaders.TYPE, TYPE);
        HeaderText.add(record.headers(), RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }

    private Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put("default.api.timeout.ms", TIMEOUT_MS);
        settings.put("request.timeout.ms", TIMEOUT_MS / 2);
        return settings;
    }

    /** Returns all keys in the topic, revoked ones included, in the order of their ids. */
    public Collection<ApiKey> readAll() {
        Map<String, Object> settings = clientSettings();
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
     * Reads the topic from its beginning to its current end, and leaves the consumer at that position.
     *
     * @param into map from key id to API key, which this method updates
     * @throws org.apache.kafka.common.KafkaException if the broker or the topic is unavailable
     */
    void readToEnd(Consumer<String, byte[]> consumer, Map<String, ApiKey> into) {
        List<TopicPartition> partitions = LogPartitions.of(consumer, name);
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("topic does not exist yet: " + name);
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(record -> apply(record, into));
        }
    }

    /**
     * Applies a record to the map of keys. If the record is unreadable, removes its API key from the map, because the
     * record may revoke this key.
     */
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
            LOG.atWarn().addKeyValue("offset", record.offset()).log("ignoring an API key whose record cannot be read");
        }
    }
}
