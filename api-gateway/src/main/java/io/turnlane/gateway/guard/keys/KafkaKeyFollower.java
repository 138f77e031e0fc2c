package io.turnlane.gateway.guard.keys;

import io.turnlane.gateway.kafka.KafkaLogConsumerFactory;
import io.turnlane.gateway.kafka.KafkaPollThread;
import io.turnlane.model.ApiKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Updates the key ring (the valid API keys known to this gateway) from the keys topic. Reads the whole topic before the
 * gateway becomes ready, and then applies each change within milliseconds. While the broker is unavailable, the ring
 * keeps its last state.
 *
 * <p>Threading: a thread of its own owns the consumer and is the only one that changes the ring.
 */
public final class KafkaKeyFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaKeyFollower.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final KafkaKeyTopic topic;
    private final short replicas;
    private final KeyRing ring;
    private final KafkaPollThread thread;

    /** @param replicas replication factor of the topic if it has to be created */
    @SuppressWarnings("this-escape") // the thread runs later, in start()
    public KafkaKeyFollower(KafkaLogConsumerFactory consumers, KafkaKeyTopic topic, short replicas, KeyRing ring) {
        this.topic = topic;
        this.replicas = replicas;
        this.ring = ring;
        this.thread = new KafkaPollThread(consumers, "key-follower", RETRY, this::follow, this::failed);
    }

    /**
     * Starts reading, and waits up to {@code timeout} until all keys are read. Reading continues in the background if
     * the timeout expires.
     */
    public void start(Duration timeout) {
        if (!thread.start(timeout)) {
            LOG.warn("API keys not read yet; calls are rejected until they are");
        }
    }

    private void failed(Exception failure) {
        if (failure instanceof UnknownTopicOrPartitionException) {
            // The topic was just created, and not all brokers know it yet.
            LOG.debug("keys topic not available yet: {}", failure.toString());
            return;
        }
        LOG.atError().addKeyValue("topic", topic.name()).setCause(failure).log("cannot read the API keys; retrying");
    }

    private void follow(Consumer<String, byte[]> consumer) throws ExecutionException, InterruptedException {
        topic.createIfMissing(replicas);
        Map<String, ApiKey> all = new HashMap<>();
        topic.readToEnd(consumer, all);
        ring.replace(all.values());
        thread.markReady();
        LOG.atInfo().addKeyValue("keys", all.size()).log("API keys read");
        while (!thread.isStopping()) {
            ConsumerRecords<String, byte[]> changes = consumer.poll(KafkaPollThread.POLL);
            for (ConsumerRecord<String, byte[]> change : changes) {
                KafkaKeyTopic.apply(change, all);
            }
            if (!changes.isEmpty()) {
                ring.replace(all.values());
            }
        }
    }

    /** Stops reading. Returns after the thread has ended. */
    @Override
    public void close() {
        thread.close();
    }
}
