package io.turnlane.gateway.turns.deliver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * A sequential read of a partition that serves several clients. A pass starts at the lowest cursor of these clients and
 * ends at the position of the follower (this gateway's consumer of new events). The pass parses only records of
 * sessions that these clients follow.
 *
 * <p>A pass serves either <em>near</em> clients, close to the end of the log, or <em>far</em> clients. If near clients
 * are waiting, a pass for far clients ends after {@link #SLICE_NANOS}, and another pass continues it later.
 *
 * <p>Only the reader thread that runs the pass uses this object.
 */
final class LogPass {

    /**
     * Maximum distance from the end of the log at which a client counts as near, in offsets. A pass reads this number
     * of records in a few milliseconds.
     */
    private static final long NEAR_OFFSETS = 2_000;

    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long ADMISSION_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration POLL = Duration.ofMillis(200);

    private final PassContext context;
    private final Consumer<String, byte[]> consumer;
    private final TopicPartition partition;
    private final Map<String, List<CatchUp>> active = new HashMap<>();
    private final boolean nearFirst;
    private boolean servesNearClients;
    private final long startedNanos = System.nanoTime();

    /** Objects shared by all passes of a gateway. */
    record PassContext(
            EventFollower follower,
            SubscriptionRegistry registry,
            CatchUp.CatchUpBudget budget,
            DeliveryMetrics metrics,
            CatchUpQueue queue) {}

    /** Queue of clients that wait for a pass. Safe for use by multiple threads. */
    interface CatchUpQueue {

        /** Removes and returns the waiting clients of this partition that match the filter. */
        List<CatchUp> takeMatching(int partition, Predicate<CatchUp> filter);

        /** Returns true if a client that matches the filter waits for this partition. */
        boolean anyWaiting(int partition, Predicate<CatchUp> filter);

        /** Queues a client again. Called when its outbox has room. */
        void requeue(Subscription subscription);
    }

    /**
     * @param nearFirst if near and far clients are waiting: true to serve the near clients, false to serve the far
     *     clients
     */
    LogPass(PassContext context, Consumer<String, byte[]> consumer, TopicPartition partition, boolean nearFirst) {
        this.context = context;
        this.consumer = consumer;
        this.partition = partition;
        this.nearFirst = nearFirst;
    }

    boolean servesNearClients() {
        return servesNearClients;
    }

    /** Returns the clients that this pass has not finished, so that another pass can continue them. */
    List<CatchUp> unfinished() {
        return active.values().stream().flatMap(List::stream).toList();
    }

    void run() {
        boolean onlyNear = !context.queue().anyWaiting(partition.partition(), waiting -> !isNear(waiting));
        servesNearClients = onlyNear || (nearFirst && context.queue().anyWaiting(partition.partition(), this::isNear));
        admit(_ -> true);
        consumer.assign(List.of(partition));
        if (unfinished().stream().anyMatch(c -> c.nextOffset() > end())) {
            // A cursor from another gateway may be ahead of this gateway's follower, which is harmless. A cursor from
            // before the topic was recreated may lie beyond the end of the log and needs a gap.
            seek();
        }
        settle();
        seekToLowest();
        while (!active.isEmpty() && !shouldYield()) {
            long start = System.nanoTime();
            readOnce();
            long spent = System.nanoTime() - start;
            unfinished().forEach(catchUp -> catchUp.addReadingTime(spent));
            settle();
            if (!active.isEmpty() && System.nanoTime() - startedNanos < ADMISSION_NANOS) {
                long position = consumer.position(partition);
                admit(waiting -> waiting.nextOffset() >= position);
            }
        }
    }

    private long end() {
        return context.follower().position(partition.partition());
    }

    private boolean isNear(CatchUp catchUp) {
        return end() - catchUp.nextOffset() <= NEAR_OFFSETS;
    }

    private boolean shouldYield() {
        return !servesNearClients
                && System.nanoTime() - startedNanos > SLICE_NANOS
                && context.queue().anyWaiting(partition.partition(), this::isNear);
    }

    private void admit(Predicate<CatchUp> filter) {
        context.queue()
                .takeMatching(
                        partition.partition(), waiting -> isNear(waiting) == servesNearClients && filter.test(waiting))
                .forEach(waiting -> active.computeIfAbsent(waiting.key(), _ -> new ArrayList<>(1))
                        .add(waiting));
    }

    private void remove(CatchUp done) {
        active.computeIfPresent(done.key(), (_, ofKey) -> {
            ofKey.remove(done);
            return ofKey.isEmpty() ? null : ofKey;
        });
    }

    /** Moves the consumer to the lowest cursor in the log. Clients whose cursor is outside the log get a gap. */
    private void seek() {
        List<TopicPartition> one = List.of(partition);
        long begin = consumer.beginningOffsets(one).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(one).getOrDefault(partition, 0L);
        for (CatchUp catchUp : unfinished()) {
            if (catchUp.nextOffset() < begin || catchUp.nextOffset() > end) {
                gap(catchUp);
            }
        }
        seekToLowest();
    }

    /**
     * Moves the consumer to the lowest cursor. If the cursor is outside the log, the next poll throws an exception, so
     * that a pass needs no offsets from the broker before it reads.
     */
    private void seekToLowest() {
        unfinished().stream()
                .mapToLong(CatchUp::nextOffset)
                .min()
                .ifPresent(lowest -> consumer.seek(partition, lowest));
    }

    private void readOnce() {
        try {
            consumer.poll(POLL).forEach(this::offer);
            long position = consumer.position(partition);
            unfinished().forEach(catchUp -> catchUp.advanceTo(position));
        } catch (OffsetOutOfRangeException e) {
            seek();
        }
    }

    private void offer(ConsumerRecord<String, byte[]> record) {
        List<CatchUp> ofKey = active.get(record.key());
        LoggedEvent event = ofKey == null ? null : KafkaEventRecords.read(record);
        if (ofKey == null || event == null) {
            return;
        }
        Iterator<CatchUp> each = ofKey.iterator();
        while (each.hasNext()) {
            CatchUp catchUp = each.next();
            if (record.offset() >= catchUp.nextOffset() && !offerTo(catchUp, event)) {
                each.remove();
            }
        }
        if (ofKey.isEmpty()) {
            active.remove(record.key());
        }
    }

    /** Returns false if the client's outbox has no room. The catch-up is then queued again when there is room. */
    private boolean offerTo(CatchUp catchUp, LoggedEvent event) {
        Subscription subscription = catchUp.subscription();
        if (subscription.offerFromLog(event, () -> context.queue().requeue(subscription))) {
            return true;
        }
        catchUp.suspend();
        return false;
    }

    /**
     * Removes clients that have reached the follower's position, have exceeded the {@link CatchUp.CatchUpBudget}, or
     * are closed.
     */
    private void settle() {
        for (CatchUp catchUp : unfinished()) {
            if (catchUp.subscription().isClosed()) {
                remove(catchUp);
            } else if (catchUp.exceeds(context.budget())) {
                gap(catchUp);
            } else {
                join(catchUp);
            }
        }
    }

    private void join(CatchUp catchUp) {
        Subscription subscription = catchUp.subscription();
        if (!catchUp.isJoined() && catchUp.nextOffset() >= end()) {
            register(subscription);
            catchUp.joinAt(end());
        }
        if (!catchUp.isComplete()) {
            return;
        }
        if (subscription.goLive(catchUp.nextOffset(), true)) {
            context.metrics().caughtUp(System.nanoTime() - catchUp.startedNanos());
            remove(catchUp);
        } else {
            catchUp.suspend();
        }
    }

    private void gap(CatchUp catchUp) {
        register(catchUp.subscription());
        catchUp.subscription().goLiveWithGap(end());
        context.metrics().gap();
        remove(catchUp);
    }

    /**
     * Registers the subscription, so that the follower's events are buffered from now on. To miss no event, the caller
     * must read the follower's position only after this call.
     */
    private void register(Subscription subscription) {
        subscription.startJoining();
        context.registry().add(subscription);
    }
}
