package io.turnlane.gateway.turns.deliver;

import io.turnlane.gateway.problem.EventsUnavailableException;
import io.turnlane.log.KafkaLogConsumerFactory;
import io.turnlane.log.KafkaPollThread;
import io.turnlane.log.KafkaProblem;
import io.turnlane.log.LogPartitions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
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
 * <p>The journey of a turn ends in {@code AnsweredTurns}, which waits for an {@link EndWatch} and returns the response.
 */
public final class EventFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventFollower.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final String topic;
    private final Runnable beforeFollowing;
    private final SubscriptionRegistry registry;
    private final EndWatches watches;
    private final KafkaPollThread thread;

    private final LongAdder recordsRead = new LongAdder();

    private volatile EndListener ends = EndListener.NONE;

    /** Null until the offsets of all partitions are known. */
    private volatile @Nullable FollowedOffsets offsets;

    /** Null while the consumer does not poll: before the first connection and after a failure. */
    private volatile @Nullable KafkaFetches fetches;

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

    void listen(EndListener listener) {
        ends = listener;
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
        KafkaFetches now = fetches;
        return now != null && now.areAnswered();
    }

    /**
     * Returns the next offset of this partition that the follower will read.
     *
     * @throws EventsUnavailableException if the follower has never reached the topic
     */
    long position(int partition) {
        return requireOffsets().next(partition);
    }

    /**
     * Returns the offset below which all events of this partition have been offered to the subscriptions registered at
     * the time.
     */
    long offeredOffset(int partition) {
        FollowedOffsets now = offsets;
        return now == null ? 0 : now.offered(partition);
    }

    long recordsRead() {
        return recordsRead.sum();
    }

    /**
     * Returns the partition that Kafka's default partitioner assigns to this session key. On the turns topic, the
     * session's turns are in the partition with the same number.
     */
    int partitionOf(String key) {
        return LogPartitions.partitionOf(key, requireOffsets().partitions());
    }

    private FollowedOffsets requireOffsets() {
        FollowedOffsets now = offsets;
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
            fetches = null;
        }
    }

    private void logFailure(Exception cause) {
        KafkaProblem.log(LOG.atError().addKeyValue("topic", topic), "reading the events topic failed; retrying", cause);
    }

    private void assign(Consumer<String, byte[]> consumer) {
        List<TopicPartition> all = LogPartitions.of(consumer, topic);
        consumer.assign(all);
        FollowedOffsets before = offsets;
        FollowedOffsets now =
                before != null && before.partitions() == all.size() ? before : new FollowedOffsets(all.size());
        var ends = consumer.endOffsets(all);
        for (TopicPartition partition : all) {
            consumer.seek(partition, now.startAt(partition.partition(), ends.getOrDefault(partition, 0L)));
        }
        offsets = now;
        LOG.atInfo()
                .setMessage("following the events topic")
                .addKeyValue("topic", topic)
                .addKeyValue("partitions", all.size())
                .log();
    }

    private void follow(Consumer<String, byte[]> consumer) {
        FollowedOffsets followed = requireOffsets();
        KafkaFetches polls = new KafkaFetches(consumer);
        fetches = polls;
        thread.markReady();
        while (!thread.isStopping()) {
            try {
                consumer.poll(KafkaPollThread.POLL).forEach(record -> dispatch(record, followed));
                polls.polled();
            } catch (OffsetOutOfRangeException e) {
                e.offsetOutOfRangePartitions().keySet().forEach(partition -> skipToEnd(consumer, partition));
            }
        }
    }

    private void dispatch(ConsumerRecord<String, byte[]> record, FollowedOffsets followed) {
        followed.read(record.partition(), record.offset());
        recordsRead.increment();
        if (record.key() != null) {
            offer(record);
        }
        if (ends.listens() && KafkaEventRecords.isTerminal(record)) {
            KafkaEventRecords.agentEnd(record).ifPresent(ends::ended);
        }
        followed.offered(record.partition(), record.offset());
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
        requireOffsets().skipTo(partition.partition(), end);
        registry.onPartition(partition.partition()).forEach(subscription -> subscription.goLiveWithGap(end));
        watches.stopIf(watch -> watch.partition() == partition.partition());
    }

    /** Stops reading and waits up to 5 s until the thread has ended. */
    @Override
    public void close() {
        thread.close();
    }
}
