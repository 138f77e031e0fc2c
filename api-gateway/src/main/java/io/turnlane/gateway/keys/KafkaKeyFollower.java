package io.turnlane.gateway.keys;

import io.turnlane.gateway.deliver.KafkaPollThread;
import io.turnlane.gateway.deliver.LogConsumerFactory;
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
 * Keeps the key ring as the keys topic says: all of it before the gateway is ready, then each change as it comes, which
 * takes milliseconds. While the broker is away the ring stays as it is.
 *
 * <p>Threading: one thread of its own has the consumer and is the only one that changes the ring.
 */
public final class KafkaKeyFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaKeyFollower.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final KafkaKeyTopic topic;
    private final short replicas;
    private final KeyRing ring;
    private final KafkaPollThread thread;

    /** @param replicas of the topic, where it is made */
    @SuppressWarnings("this-escape") // the thread runs later, in start()
    public KafkaKeyFollower(LogConsumerFactory consumers, KafkaKeyTopic topic, short replicas, KeyRing ring) {
        this.topic = topic;
        this.replicas = replicas;
        this.ring = ring;
        this.thread = new KafkaPollThread(consumers, "key-follower", RETRY, this::follow, this::failed);
    }

    /** Starts, and waits up to {@code patience} until all keys are known. */
    public void start(Duration patience) {
        if (!thread.start(patience)) {
            LOG.atWarn()
                    .setMessage("API keys not read yet, letting nobody in until they are")
                    .log();
        }
    }

    private void failed(Exception why) {
        if (why instanceof UnknownTopicOrPartitionException) {
            // Made just now: brokers hear of it one after another.
            LOG.debug("not there yet: {}", why.toString());
            return;
        }
        LOG.atError()
                .setMessage("can't read the API keys, trying again")
                .addKeyValue("topic", topic.name())
                .setCause(why)
                .log();
    }

    private void follow(Consumer<String, byte[]> reading) throws ExecutionException, InterruptedException {
        topic.createIfMissing(replicas);
        Map<String, ApiKey> all = new HashMap<>();
        topic.readToEnd(reading, all);
        ring.replace(all.values());
        thread.markReady();
        LOG.atInfo().setMessage("API keys read").addKeyValue("keys", all.size()).log();
        while (!thread.isStopping()) {
            ConsumerRecords<String, byte[]> changes = reading.poll(KafkaPollThread.POLL);
            for (ConsumerRecord<String, byte[]> change : changes) {
                KafkaKeyTopic.apply(change, all);
            }
            if (!changes.isEmpty()) {
                ring.replace(all.values());
            }
        }
    }

    /** Stops reading; returns when the thread has ended. */
    @Override
    public void close() {
        thread.close();
    }
}
