package io.turnlane.log;

import io.turnlane.model.ApiKey;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.model.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacted topic with one partition. The last record with a key contains the current value of that key. Immutable and
 * thread-safe.
 *
 * @param <V> type of the values
 */
public final class CompactedTopic<V> {

    private static final Logger log = LoggerFactory.getLogger(CompactedTopic.class);
    private static final WireFormat WIRE = new WireFormat();
    private static final int TIMEOUT_MS = 10_000;

    /**
     * Settings of the topic. With Kafka's defaults, compaction would rarely run on a topic with so few records, and old
     * values would stay on the disk.
     */
    private static final Map<String, String> SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.SEGMENT_MS_CONFIG,
            Long.toString(Duration.ofDays(1).toMillis()),
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.1");

    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> connection;
    private final String name;
    private final ValueForm<V> form;

    /**
     * Form of the values.
     *
     * @param type value of the records' type header
     * @param key returns the key of a value
     */
    private record ValueForm<V>(String type, Function<V, String> key, Class<V> valueClass) {}

    private CompactedTopic(Map<String, Object> connection, String name, ValueForm<V> form) {
        this.connection = Map.copyOf(connection);
        this.name = name;
        this.form = form;
    }

    /**
     * Returns the topic of the API keys, by id.
     *
     * @param connection settings of the Kafka clients
     */
    public static CompactedTopic<ApiKey> ofApiKeys(Map<String, Object> connection, Topics names) {
        return new CompactedTopic<>(connection, names.keys(), new ValueForm<>("api_key", ApiKey::id, ApiKey.class));
    }

    /**
     * Returns the topic of the configured agents, by name.
     *
     * @param connection settings of the Kafka clients
     */
    public static CompactedTopic<ConfiguredAgent> ofAgents(Map<String, Object> connection, Topics names) {
        return new CompactedTopic<>(
                connection, names.agents(), new ValueForm<>("agent", ConfiguredAgent::name, ConfiguredAgent.class));
    }

    public String name() {
        return name;
    }

    /**
     * Creates the topic if it does not exist.
     *
     * @throws KafkaAccessException if the topic does not exist and Kafka does not allow its creation
     * @throws IllegalStateException if the settings of the existing topic would make it lose values; the message
     *     contains the command that corrects them
     */
    public void createIfMissing(Replication replication) throws ExecutionException, InterruptedException {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.putAll(replication.settings());
        NewTopic topic = new NewTopic(name, 1, replication.replicas()).configs(settings);
        try (Admin admin = Admin.create(clientSettings())) {
            if (create(admin, topic)) {
                log.atInfo().addKeyValue("topic", name).log("topic created");
            } else {
                if (replication.durable()) {
                    replication.require(describe(admin).values());
                }
                Object servers = connection.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
                new TopicReviewer(admin, servers, TIMEOUT_MS / 1000).review(Map.of(name, settings));
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot check the topic " + name, e);
        }
    }

    /** Returns false if the topic exists. */
    private boolean create(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                requireExisting(admin);
                return false;
            }
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
    }

    private void requireExisting(Admin admin) throws ExecutionException, InterruptedException {
        try {
            describe(admin);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new KafkaAccessException("The topic " + name + " is missing, and Kafka does not allow this user"
                        + " to create it. Allow the user to create it, or create it as docs/records.md describes.");
            }
            throw e;
        }
    }

    private Map<String, TopicDescription> describe(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(name)).allTopicNames().get();
    }

    /** Publishes a value. Returns when Kafka has acknowledged the record. */
    public void publish(V value) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = clientSettings();
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(name, form.key().apply(value), WIRE.writeValue(value));
        HeaderText.add(record.headers(), RecordHeaders.TYPE, form.type());
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

    /** Returns all values in the topic, in the order of their keys. */
    public Collection<V> readAll() {
        Map<String, V> all = new TreeMap<>();
        try (Consumer<String, byte[]> consumer = consumer()) {
            readToEnd(consumer, all);
        }
        return all.values();
    }

    /** Returns a consumer without a group, which the caller closes. */
    public Consumer<String, byte[]> consumer() {
        Map<String, Object> settings = clientSettings();
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Reads the topic from its beginning to its current end, and leaves the consumer at that position.
     *
     * @param into map from key to value, which this method updates
     * @throws org.apache.kafka.common.KafkaException if the broker or the topic is unavailable
     */
    void readToEnd(Consumer<String, byte[]> consumer, Map<String, V> into) {
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
     * Applies a record to the map of values. If the record is unreadable, removes the value of its key, because the
     * record may revoke it.
     */
    void apply(ConsumerRecord<String, byte[]> record, Map<String, V> into) {
        if (record.key() == null) {
            return;
        }
        into.remove(record.key());
        if (record.value() == null) {
            return;
        }
        try {
            V value = WIRE.read(record.value(), form.valueClass());
            if (form.key().apply(value).equals(record.key())) {
                into.put(record.key(), value);
            }
        } catch (UnreadableRecordException e) {
            log.atWarn()
                    .addKeyValue("topic", name)
                    .addKeyValue("offset", record.offset())
                    .log("ignoring a value whose record cannot be read");
        }
    }
}
