package io.turnlane.gateway.deliver;

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
 * One way through a partition, from the lowest cursor of its clients to the follower. All of them are served by it,
 * found by their session, so that a record that none of them wants costs a look-up and nobody reads its value.
 *
 * <p>Clients that are near the end don't wait for those that are far behind: a pass with far ones makes room for a pass
 * of near ones after each {@link #SLICE_NANOS}.
 *
 * <p>Confined to the reader's thread that runs it.
 */
final class LogPass {

    /** So many records are read in a few milliseconds. */
    private static final long NEAR = 2_000;

    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long ADMITS_FOR_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration POLL = Duration.ofMillis(200);

    private final PassContext around;
    private final Consumer<String, byte[]> consumer;
    private final TopicPartition partition;
    private final Map<String, List<CatchUp>> active = new HashMap<>();
    private final boolean nearFirst;
    private boolean servesNearClients;
    private final long begun = System.nanoTime();

    /** What all passes of a gateway work with. */
    record PassContext(
            EventFollower follower,
            SubscriptionRegistry hub,
            CatchUp.CatchUpBudget budget,
            DeliveryMetrics metrics,
            CatchUpQueue line) {}

    /** Where clients wait for a pass. Safe for threads. */
    interface CatchUpQueue {

        /** Takes out those who wait for this partition and are meant. */
        List<CatchUp> takeMatching(int partition, Predicate<CatchUp> meant);

        /** Whether somebody waits for this partition who is meant. */
        boolean anyWaiting(int partition, Predicate<CatchUp> meant);

        /** A client that had no room has it again. */
        void requeue(Subscription subscription);
    }

    /** @param nearFirst whether those that are near the end go first, where there are any */
    LogPass(PassContext around, Consumer<String, byte[]> consumer, TopicPartition partition, boolean nearFirst) {
        this.around = around;
        this.consumer = consumer;
        this.partition = partition;
        this.nearFirst = nearFirst;
    }

    /** Whether it is for those near the end. */
    boolean servesNearClients() {
        return servesNearClients;
    }

    /** Who has not come to an end, to be handed to another pass. */
    List<CatchUp> unfinished() {
        return active.values().stream().flatMap(List::stream).toList();
    }

    void run() {
        boolean onlyNear = !around.line().anyWaiting(partition.partition(), late -> !isNear(late));
        servesNearClients = onlyNear || (nearFirst && around.line().anyWaiting(partition.partition(), this::isNear));
        admit(_ -> true);
        consumer.assign(List.of(partition));
        if (unfinished().stream().anyMatch(c -> c.nextOffset() > end())) {
            // Another gateway's follower may be ahead of ours; a log that was made anew ends before the cursor.
            seek();
        }
        settle();
        if (!active.isEmpty()) {
            seek();
        }
        while (!active.isEmpty() && !shallMakeRoom()) {
            long start = System.nanoTime();
            readOnce();
            long spent = System.nanoTime() - start;
            unfinished().forEach(catchUp -> catchUp.addReadingTime(spent));
            settle();
            if (!active.isEmpty() && System.nanoTime() - begun < ADMITS_FOR_NANOS) {
                long position = consumer.position(partition);
                admit(late -> late.nextOffset() >= position);
            }
        }
    }

    private long end() {
        return around.follower().position(partition.partition());
    }

    private boolean isNear(CatchUp catchUp) {
        return end() - catchUp.nextOffset() <= NEAR;
    }

    private boolean shallMakeRoom() {
        return !servesNearClients
                && System.nanoTime() - begun > SLICE_NANOS
                && around.line().anyWaiting(partition.partition(), this::isNear);
    }

    private void admit(Predicate<CatchUp> meant) {
        around.line()
                .takeMatching(partition.partition(), late -> isNear(late) == servesNearClients && meant.test(late))
                .forEach(late -> active.computeIfAbsent(late.key(), _ -> new ArrayList<>(1))
                        .add(late));
    }

    private void letGo(CatchUp done) {
        active.computeIfPresent(done.key(), (_, ofKey) -> {
            ofKey.remove(done);
            return ofKey.isEmpty() ? null : ofKey;
        });
    }

    /** To the lowest cursor; those outside of what the log holds get a gap. */
    private void seek() {
        List<TopicPartition> one = List.of(partition);
        long begin = consumer.beginningOffsets(one).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(one).getOrDefault(partition, 0L);
        for (CatchUp catchUp : unfinished()) {
            if (catchUp.nextOffset() < begin || catchUp.nextOffset() > end) {
                gap(catchUp);
            }
        }
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
            if (record.offset() >= catchUp.nextOffset() && !taken(catchUp, event)) {
                each.remove();
            }
        }
        if (ofKey.isEmpty()) {
            active.remove(record.key());
        }
    }

    /** False where the client has no room: it leaves, and comes back from this place when it has. */
    private boolean taken(CatchUp catchUp, LoggedEvent event) {
        Subscription subscription = catchUp.subscription();
        if (subscription.offerFromLog(event, () -> around.line().requeue(subscription))) {
            return true;
        }
        catchUp.suspend();
        return false;
    }

    /** Lets go of those that have met the follower, can't any more, or are gone. */
    private void settle() {
        for (CatchUp catchUp : unfinished()) {
            if (catchUp.subscription().isClosed()) {
                letGo(catchUp);
            } else if (catchUp.exceeds(around.budget())) {
                gap(catchUp);
            } else {
                join(catchUp);
            }
        }
    }

    /** Hands it over to the follower, once all is read that stands before what the follower offers it. */
    private void join(CatchUp catchUp) {
        Subscription subscription = catchUp.subscription();
        if (!catchUp.isJoined() && catchUp.nextOffset() >= end()) {
            follow(subscription);
            catchUp.joinAt(end());
        }
        if (!catchUp.isComplete()) {
            return;
        }
        if (subscription.goLive(catchUp.nextOffset(), true)) {
            around.metrics().caughtUp(System.nanoTime() - catchUp.startedNanos());
            letGo(catchUp);
        } else {
            catchUp.suspend();
        }
    }

    private void gap(CatchUp catchUp) {
        follow(catchUp.subscription());
        catchUp.subscription().goLiveWithGap(end());
        around.metrics().gap();
        letGo(catchUp);
    }

    /** What the follower reads from now on is kept aside for it; only then may anybody look where the follower is. */
    private void follow(Subscription subscription) {
        subscription.startJoining();
        around.hub().add(subscription);
    }
}
