package io.turnlane.gateway.turns.deliver;

import io.turnlane.gateway.kafka.KafkaLogConsumerFactory;
import io.turnlane.gateway.kafka.KafkaPollThread;
import io.turnlane.gateway.problem.EventsUnavailableException;
import io.turnlane.log.LogPartitions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the events topic once for all clients of this gateway: all partitions, from the end, without a consumer group.
 *
 * <p>Threading: one dedicated thread owns the consumer and offers events to subscriptions, which never block. Any
 * thread may call {@link #position}. The follower advances the position past a record <em>before</em> it looks up the
 * record's subscribers. If a client first registers and then reads the position, it is therefore offered every event
 * from that position on.
 *
 * <p>A consumer that has lost its broker continues to return empty polls. The broker answers a fetch at least once per
 * {@link KafkaPollThread#POLL}, so the follower watches the consumer's metric of answered fetches. If the metric does
 * not increase, the broker is unavailable.
 */
public final class EventFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventFollower.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /**
     * Time without an answered fetch after which the broker counts as unavailable, in nanoseconds. The time is longer
     * than a garbage collection pause of the gateway or the broker, and shorter than the timeout of a client.
     */
    private static final long MAX_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final String topic;
    private final Runnable beforeFollowing;
    private final SubscriptionRegistry registry;
    private final EndWatches watches;
    private final KafkaPollThread thread;

    /** Next offset to read, by partition; null until the offsets of all partitions are known. */
    private volatile @Nullable AtomicLongArray positions;

    /**
     * Offset after the last record whose event was offered to subscriptions, by partition. Never ahead of
     * {@link #positions}.
     */
    private volatile @Nullable AtomicLongArray offeredOffsets;

    private final LongAdder recordsRead = new LongAdder();

    /** True while the consumer is polling; false before the first connection and after a failure. */
    private volatile boolean following;

    /** Time of the last fetch that the broker answered, by {@link System#nanoTime}. */
    private volatile long lastAnswerNanos;

    /** Last value of the consumer's metric of answered fetches. Confined to the follower's thread. */
    private double answeredFetches;

    /**
     * @param beforeFollowing task that the follower's thread runs before it first reads the topic, and again after each
     *     failure
     */
    @SuppressWarnings("this-escape") // the thread runs later, in start()
    EventFollower(
            KafkaLogConsumerFactory consumers,
            String topic,
            Runnable beforeFollowing,
            SubscriptionRegistry registry,
            EndWatches watches) {
        this.topic = topic;
        this.beforeFollowing = beforeFollowing;
        this.registry = registry;
        this.watches = watches;
        this.thread = new KafkaPollThread(consumers, "event-follower", RETRY, this::readTopic, this::logFailure);
    }

    /** Starts the follower and waits up to {@code timeout} until it knows the end offsets of the topic. */
    void start(Duration timeout) {
        if (!thread.start(timeout)) {
            LOG.atWarn()
                    .setMessage("events topic not reached yet, gateway starts without it")
                    .addKeyValue("topic", topic)
                    .log();
        }
    }

    /** Returns true if the positions are known and the broker answers fetches. */
    boolean isReady() {
        return following && System.nanoTime() - lastAnswerNanos < MAX_SILENCE_NANOS;
    }

    /**
     * Returns the next offset of this partition that the follower will read.
     *
     * @throws EventsUnavailableException if the follower has never reached the topic
     */
    long position(int partition) {
        return requirePositions().get(partition);
    }

    /**
     * Returns the offset below which all events of this partition have been offered to the subscriptions registered at
     * the time.
     */
    long offeredOffset(int partition) {
        AtomicLongArray now = offeredOffsets;
        return now == null ? 0 : now.get(partition);
    }

    long recordsRead() {
        return recordsRead.sum();
    }

    /**
     * Returns the partition that Kafka's default partitioner assigns to this session key. On the turns topic, the
     * session's turns are in the partition with the same number.
     */
    int partitionOf(String key) {
        return LogPartitions.partitionOf(key, requirePositions().length());
    }

    private AtomicLongArray requirePositions() {
        AtomicLongArray now = positions;
        if (now == null) {
            throw new EventsUnavailableException("The events topic has not been reached yet. Retry in a few seconds.");
        }
        return now;
    }

    private void readTopic(Consumer<String, byte[]> consumer) {
        try {
            beforeFollowing.run();
            assign(consumer);
            follow(consumer);
        } finally {
            following = false;
        }
    }

    private void logFailure(Exception cause) {
        LOG.atError()
                .setMessage("reading the events topic failed, retrying")
                .addKeyValue("topic", topic)
                .setCause(cause)
                .log();
    }

    private void assign(Consumer<String, byte[]> consumer) {
        List<TopicPartition> all = LogPartitions.of(consumer, topic);
        consumer.assign(all);
        AtomicLongArray before = positions;
        AtomicLongArray now = before != null && before.length() == all.size() ? before : unknownPositions(all.size());
        var ends = consumer.endOffsets(all);
        for (TopicPartition partition : all) {
            now.compareAndSet(partition.partition(), -1, ends.getOrDefault(partition, 0L));
            consumer.seek(partition, now.get(partition.partition()));
        }
        positions = now;
        AtomicLongArray offered = offeredOffsets;
        if (offered == null || offered.length() != all.size()) {
            offeredOffsets = new AtomicLongArray(all.size());
        }
        LOG.atInfo()
                .setMessage("following the events topic")
                .addKeyValue("topic", topic)
                .addKeyValue("partitions", all.size())
                .log();
    }

    private static AtomicLongArray unknownPositions(int partitions) {
        return new AtomicLongArray(
                IntStream.range(0, partitions).mapToLong(_ -> -1).toArray());
    }

    private void follow(Consumer<String, byte[]> consumer) {
        // The broker has just returned the end offsets.
        lastAnswerNanos = System.nanoTime();
        following = true;
        thread.markReady();
        Metric fetches = fetches(consumer);
        while (!thread.isStopping()) {
            try {
                consumer.poll(KafkaPollThread.POLL).forEach(this::dispatch);
                noteAnsweredFetches(fetches);
            } catch (OffsetOutOfRangeException e) {
                e.offsetOutOfRangePartitions().keySet().forEach(partition -> skipToEnd(consumer, partition));
            }
        }
    }

    private static Metric fetches(Consumer<String, byte[]> consumer) {
        return consumer.metrics().entrySet().stream()
                .filter(entry -> isCountOfFetches(entry.getKey()))
                .<Metric>map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the consumer doesn't count its fetches"));
    }

    private static boolean isCountOfFetches(MetricName name) {
        return name.name().equals("fetch-total")
                && name.group().equals("consumer-fetch-manager-metrics")
                && !name.tags().containsKey("topic");
    }

    private void noteAnsweredFetches(Metric fetches) {
        double now = (double) fetches.metricValue();
        if (now != answeredFetches) {
            answeredFetches = now;
            lastAnswerNanos = System.nanoTime();
        }
    }

    private void dispatch(ConsumerRecord<String, byte[]> record) {
        requirePositions().set(record.partition(), record.offset() + 1);
        recordsRead.increment();
        if (record.key() != null) {
            offer(record);
        }
        AtomicLongArray offered = offeredOffsets;
        if (offered != null) {
            offered.set(record.partition(), record.offset() + 1);
        }
    }

    /** Parses a record only if a client follows its session, or if the record may be the end that a call waits for. */
    private void offer(ConsumerRecord<String, byte[]> record) {
        Subscription[] subscribers = registry.subscriptionsOf(record.key());
        boolean awaited = !watches.isEmpty() && KafkaEventRecords.isTerminal(record);
        LoggedEvent event = awaited || subscribers.length > 0 ? KafkaEventRecords.read(record) : null;
        if (event != null) {
            for (Subscription subscription : subscribers) {
                subscription.offerLive(event);
            }
            if (awaited) {
                watches.end(record.key(), event);
            }
        }
    }

    /**
     * Continues at the end of the partition, because records were deleted before this gateway read them. This happens
     * if the gateway was frozen for longer than the retention, or if the topic was recreated.
     */
    private void skipToEnd(Consumer<String, byte[]> consumer, TopicPartition partition) {
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        LOG.atWarn()
                .setMessage("events were deleted before they were read, clients receive a snapshot")
                .addKeyValue("partition", partition.partition())
                .addKeyValue("from", position(partition.partition()))
                .addKeyValue("to", end)
                .log();
        consumer.seek(partition, end);
        AtomicLongArray offered = offeredOffsets;
        if (offered != null) {
            // A recreated topic may end at a lower offset. If this offset were higher, cursors sent to clients
            // would be beyond the end, and clients would miss new events.
            offered.set(partition.partition(), end);
        }
        requirePositions().set(partition.partition(), end);
        registry.onPartition(partition.partition()).forEach(subscription -> subscription.goLiveWithGap(end));
        watches.stopIf(watch -> watch.partition() == partition.partition());
    }

    /** Stops reading and waits up to 5 s until the thread has ended. */
    @Override
    public void close() {
        thread.close();
    }
}
