package io.turnlane.gateway.deliver;

import java.nio.charset.StandardCharsets;
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
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the events topic once for all clients of this gateway: all partitions, from the end, without a group.
 *
 * <p>Threading: one thread of its own has the consumer and offers events to subscriptions, which never block.
 * {@link #position} may be asked by anybody. It is moved past a record <em>before</em> the record's subscribers are
 * looked up: who subscribes first and asks for the position afterwards is offered everything from there on.
 *
 * <p>A consumer whose broker went away polls on and returns nothing, as if there were nothing. The broker answers a
 * fetch at least every {@link KafkaPollThread#POLL}, so the consumer's own count of answered fetches tells: while it
 * stands still, the log is away.
 */
public final class EventFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventFollower.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Six fetches' worth of silence: more than a pause of either side's collector, less than a client's patience. */
    private static final long LONGEST_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final String topic;
    private final Runnable beforeFollowing;
    private final SubscriptionRegistry hub;
    private final KafkaPollThread thread;

    /** Next offset to read, by partition; null until all are known. */
    private volatile @Nullable AtomicLongArray positions;

    /** Next offset whose subscribers weren't offered it yet, by partition: never ahead of {@link #positions}. */
    private volatile @Nullable AtomicLongArray offeredOffset;

    private final LongAdder recordsRead = new LongAdder();

    /** Whether it reads at the moment; false while the broker is away at start or after a failure. */
    private volatile boolean following;

    /** When the broker last answered a fetch, by {@link System#nanoTime}. */
    private volatile long heard;

    /** Written and read by the follower's thread. */
    private double answeredFetches;

    /** @param beforeFollowing is run on the follower's thread before it looks at the topic, again after each failure */
    @SuppressWarnings("this-escape") // the thread runs later, in start()
    EventFollower(LogConsumerFactory consumers, String topic, Runnable beforeFollowing, SubscriptionRegistry hub) {
        this.topic = topic;
        this.beforeFollowing = beforeFollowing;
        this.hub = hub;
        this.thread = new KafkaPollThread(consumers, "event-follower", RETRY, this::followAnew, this::failed);
    }

    /** Starts, and waits up to {@code patience} for the first look at the topic. */
    void start(Duration patience) {
        if (!thread.start(patience)) {
            LOG.atWarn()
                    .setMessage("events topic not reached yet, starting without it")
                    .addKeyValue("topic", topic)
                    .log();
        }
    }

    /** Whether positions are known and the broker answers. */
    boolean isReady() {
        return following && System.nanoTime() - heard < LONGEST_SILENCE_NANOS;
    }

    /** The next offset of this partition that it hasn't looked at yet. Only where {@link #known}. */
    long position(int partition) {
        return known().get(partition);
    }

    /** All below this offset has been offered to those who followed then. */
    long offeredOffset(int partition) {
        AtomicLongArray now = offeredOffset;
        return now == null ? 0 : now.get(partition);
    }

    /** How many records have passed by. */
    long recordsRead() {
        return recordsRead.sum();
    }

    /** Kafka's default for this key: the same as the turn's. */
    int partitionOf(String key) {
        return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), known().length());
    }

    private AtomicLongArray known() {
        AtomicLongArray now = positions;
        if (now == null) {
            throw new EventsUnavailableException("the events topic has not been reached yet");
        }
        return now;
    }

    private void followAnew(Consumer<String, byte[]> opened) {
        try {
            beforeFollowing.run();
            assign(opened);
            follow(opened);
        } finally {
            following = false;
        }
    }

    private void failed(Exception why) {
        LOG.atError()
                .setMessage("can't follow the events topic, trying again")
                .addKeyValue("topic", topic)
                .setCause(why)
                .log();
    }

    private void assign(Consumer<String, byte[]> reading) {
        List<TopicPartition> all = reading.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(topic, p.partition()))
                .toList();
        reading.assign(all);
        AtomicLongArray before = positions;
        AtomicLongArray now = before != null && before.length() == all.size() ? before : unknown(all.size());
        var ends = reading.endOffsets(all);
        for (TopicPartition partition : all) {
            now.compareAndSet(partition.partition(), -1, ends.getOrDefault(partition, 0L));
            reading.seek(partition, now.get(partition.partition()));
        }
        positions = now;
        AtomicLongArray done = offeredOffset;
        if (done == null || done.length() != all.size()) {
            offeredOffset = new AtomicLongArray(all.size());
        }
        LOG.atInfo()
                .setMessage("following events")
                .addKeyValue("topic", topic)
                .addKeyValue("partitions", all.size())
                .log();
    }

    private static AtomicLongArray unknown(int partitions) {
        return new AtomicLongArray(
                IntStream.range(0, partitions).mapToLong(_ -> -1).toArray());
    }

    private void follow(Consumer<String, byte[]> reading) {
        // Its positions were asked for just now.
        heard = System.nanoTime();
        following = true;
        thread.markReady();
        Metric fetches = fetches(reading);
        while (!thread.isStopping()) {
            try {
                reading.poll(KafkaPollThread.POLL).forEach(this::dispatch);
                listen(fetches);
            } catch (OffsetOutOfRangeException e) {
                e.offsetOutOfRangePartitions().keySet().forEach(partition -> skipToEnd(reading, partition));
            }
        }
    }

    /** How many fetches the broker has answered, empty ones too. */
    private static Metric fetches(Consumer<String, byte[]> reading) {
        return reading.metrics().entrySet().stream()
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

    private void listen(Metric fetches) {
        double now = (double) fetches.metricValue();
        if (now != answeredFetches) {
            answeredFetches = now;
            heard = System.nanoTime();
        }
    }

    private void dispatch(ConsumerRecord<String, byte[]> record) {
        known().set(record.partition(), record.offset() + 1);
        recordsRead.increment();
        if (record.key() != null) {
            offer(record);
        }
        AtomicLongArray done = offeredOffset;
        if (done != null) {
            done.set(record.partition(), record.offset() + 1);
        }
    }

    /** What nobody here wants isn't looked into. */
    private void offer(ConsumerRecord<String, byte[]> record) {
        Subscription[] wanted = hub.subscriptionsOf(record.key());
        LoggedEvent event = wanted.length == 0 ? null : KafkaEventRecords.read(record);
        if (event != null) {
            for (Subscription subscription : wanted) {
                subscription.offerLive(event);
            }
        }
    }

    /** This gateway slept longer than the log remembers, or the topic was made anew. */
    private void skipToEnd(Consumer<String, byte[]> reading, TopicPartition partition) {
        long end = reading.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        LOG.atWarn()
                .setMessage("events were deleted before they were read, clients get a snapshot")
                .addKeyValue("partition", partition.partition())
                .addKeyValue("from", position(partition.partition()))
                .addKeyValue("to", end)
                .log();
        reading.seek(partition, end);
        AtomicLongArray done = offeredOffset;
        if (done != null) {
            // A new log may end lower: a client that is told a place up there would want nothing below it.
            done.set(partition.partition(), end);
        }
        known().set(partition.partition(), end);
        hub.onPartition(partition.partition()).forEach(subscription -> subscription.goLiveWithGap(end));
    }

    /** Stops reading; returns when the thread has ended. */
    @Override
    public void close() {
        thread.close();
    }
}
