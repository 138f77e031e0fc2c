package io.turnlane.gateway.keys;

import io.turnlane.gateway.deliver.KafkaConsumers;
import io.turnlane.model.ApiKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
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
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MS = 500;

    private final KafkaConsumers consumers;
    private final KafkaKeyTopic topic;
    private final short replicas;
    private final KeyRing ring;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch firstRead = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("key-follower").daemon().unstarted(this::run);
    private volatile @Nullable Consumer<String, byte[]> consumer;

    /** @param replicas of the topic, where it is made */
    public KafkaKeyFollower(KafkaConsumers consumers, KafkaKeyTopic topic, short replicas, KeyRing ring) {
        this.consumers = consumers;
        this.topic = topic;
        this.replicas = replicas;
        this.ring = ring;
    }

    /** Starts, and waits up to {@code patience} until all keys are known. */
    public void start(Duration patience) {
        thread.start();
        try {
            if (!firstRead.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.atWarn()
                        .setMessage("API keys not read yet, letting nobody in until they are")
                        .log();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (stopped.getCount() > 0) {
            try (Consumer<String, byte[]> opened = consumers.create("key-follower", POLL)) {
                consumer = opened;
                topic.ensure(replicas);
                follow(opened);
            } catch (WakeupException | InterruptException e) {
                LOG.debug("woken up");
            } catch (UnknownTopicOrPartitionException e) {
                // Made just now: brokers hear of it one after another.
                LOG.debug("not there yet: {}", e.toString());
                pause();
            } catch (RuntimeException | ExecutionException e) {
                LOG.atError()
                        .setMessage("can't read the API keys, trying again")
                        .addKeyValue("topic", topic.name())
                        .setCause(e)
                        .log();
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void follow(Consumer<String, byte[]> reading) {
        Map<String, ApiKey> all = new HashMap<>();
        topic.readToEnd(reading, all);
        ring.replace(all.values());
        firstRead.countDown();
        LOG.atInfo().setMessage("API keys read").addKeyValue("keys", all.size()).log();
        while (stopped.getCount() > 0) {
            ConsumerRecords<String, byte[]> changes = reading.poll(POLL);
            for (ConsumerRecord<String, byte[]> change : changes) {
                KafkaKeyTopic.take(change, all);
            }
            if (!changes.isEmpty()) {
                ring.replace(all.values());
            }
        }
    }

    private void pause() {
        try {
            boolean stopping = stopped.await(RETRY_MS, TimeUnit.MILLISECONDS);
            LOG.debug("waited, stopping: {}", stopping);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops reading; returns when the thread has ended. */
    @Override
    public void close() {
        stopped.countDown();
        Consumer<String, byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
