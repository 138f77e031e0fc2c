package io.turnlane.gateway.deliver;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings clients that are behind up to where the follower stands. A few threads with a consumer each; a pass over a
 * partition serves all cursors that wait on it, and takes in those that come meanwhile.
 *
 * <p>A client without room in its outbox leaves the pass, so that it holds nobody up, and comes back when its writer
 * has made room. One that is further behind than the budget gets a {@code gap}.
 *
 * <p>Threading: {@link #catchUp} may be called by anybody. {@code waiting} and {@code busy} are guarded by this
 * object's monitor; a partition is read by one thread at a time, which alone has that pass's catch-ups.
 */
final class LogReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long RETRY_NANOS = 1_000_000_000;

    /** A reader has no use for waiting at the log's end, and its next pass can't begin before the fetch is back. */
    private static final Duration FETCH_WAIT = Duration.ofMillis(10);

    private final KafkaConsumers consumers;
    private final String topic;
    private final EventFollower follower;
    private final EventHub hub;
    private final CatchUp.Budget budget;
    private final DeliveryMetrics metrics;
    private final List<Thread> threads;

    private final Map<Integer, Queue<CatchUp>> waiting = new HashMap<>();
    private final Set<Integer> busy = new HashSet<>();
    private final Set<Consumer<String, byte[]>> open = new HashSet<>();
    private boolean stopping;

    LogReader(
            KafkaConsumers consumers,
            String topic,
            EventFollower follower,
            EventHub hub,
            int readers,
            CatchUp.Budget budget,
            DeliveryMetrics metrics) {
        this.consumers = consumers;
        this.topic = topic;
        this.follower = follower;
        this.hub = hub;
        this.budget = budget;
        this.metrics = metrics;
        this.threads = IntStream.range(0, readers)
                .mapToObj(i ->
                        Thread.ofPlatform().name("log-reader-" + i).daemon().unstarted(() -> run("log-reader-" + i)))
                .toList();
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Feeds this subscription from its next offset on until it is live. */
    void catchUp(Subscription subscription) {
        enqueue(new CatchUp(subscription, System.nanoTime()));
    }

    private synchronized void enqueue(CatchUp catchUp) {
        waiting.computeIfAbsent(catchUp.subscription().partition(), _ -> new ArrayDeque<>())
                .add(catchUp);
        notifyAll();
    }

    private void run(String name) {
        while (!stopped()) {
            try (Consumer<String, byte[]> consumer = consumers.create(name, FETCH_WAIT)) {
                opened(consumer);
                try {
                    readUntilStopped(consumer);
                } finally {
                    closed(consumer);
                }
            } catch (WakeupException | InterruptException e) {
                return;
            } catch (RuntimeException e) {
                LOG.atError()
                        .setMessage("catch-up reader failed, starting it anew")
                        .setCause(e)
                        .log();
                pause();
            }
        }
    }

    private synchronized boolean stopped() {
        return stopping;
    }

    private synchronized void pause() {
        long deadline = System.nanoTime() + RETRY_NANOS;
        try {
            for (long left = RETRY_NANOS; !stopping && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readUntilStopped(Consumer<String, byte[]> consumer) {
        for (Integer partition = claim(); partition != null; partition = claim()) {
            Pass pass = new Pass(consumer, new TopicPartition(topic, partition));
            try {
                pass.run();
            } finally {
                release(partition, pass.active);
            }
        }
    }

    /** The next partition on which somebody waits and nobody reads; null when stopping. */
    private synchronized @Nullable Integer claim() {
        while (!stopping) {
            for (Integer partition : waiting.keySet()) {
                if (busy.add(partition)) {
                    return partition;
                }
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        return null;
    }

    private synchronized void release(int partition, List<CatchUp> unfinished) {
        busy.remove(partition);
        if (!unfinished.isEmpty()) {
            waiting.computeIfAbsent(partition, _ -> new ArrayDeque<>()).addAll(unfinished);
        }
        notifyAll();
    }

    private synchronized List<CatchUp> arrived(int partition) {
        Queue<CatchUp> queue = waiting.remove(partition);
        return queue == null ? List.of() : List.copyOf(queue);
    }

    private synchronized void opened(Consumer<String, byte[]> consumer) {
        open.add(consumer);
        if (stopping) {
            consumer.wakeup();
        }
    }

    private synchronized void closed(Consumer<String, byte[]> consumer) {
        open.remove(consumer);
    }

    /** Stops all readers; clients that were behind are the shutdown's business. */
    @Override
    public synchronized void close() {
        stopping = true;
        open.forEach(Consumer::wakeup);
        notifyAll();
    }

    /** One way through a partition, from the lowest cursor that waits to the follower. */
    private final class Pass {

        private static final long ADMITS_FOR_NANOS = 1_000_000_000;

        private final Consumer<String, byte[]> consumer;
        private final TopicPartition partition;
        private final List<CatchUp> active = new ArrayList<>();
        private final long begun = System.nanoTime();

        Pass(Consumer<String, byte[]> consumer, TopicPartition partition) {
            this.consumer = consumer;
            this.partition = partition;
        }

        void run() {
            active.addAll(arrived(partition.partition()));
            consumer.assign(List.of(partition));
            if (active.stream().anyMatch(c -> c.next() > follower.position(partition.partition()))) {
                // Another gateway's follower may be ahead of ours; a log that was made anew ends before the cursor.
                seek();
            }
            settle();
            if (!active.isEmpty()) {
                seek();
            }
            while (!active.isEmpty()) {
                long start = System.nanoTime();
                readOnce();
                long spent = System.nanoTime() - start;
                active.forEach(catchUp -> catchUp.spent(spent));
                settle();
                admit();
            }
        }

        /** To the lowest cursor; those outside of what the log holds get a gap. */
        private void seek() {
            List<TopicPartition> one = List.of(partition);
            long begin = consumer.beginningOffsets(one).getOrDefault(partition, 0L);
            long end = consumer.endOffsets(one).getOrDefault(partition, 0L);
            active.removeIf(c -> (c.next() < begin || c.next() > end) && gap(c));
            active.stream().mapToLong(CatchUp::next).min().ifPresent(lowest -> consumer.seek(partition, lowest));
        }

        private void readOnce() {
            try {
                ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
                records.forEach(this::offer);
                long position = consumer.position(partition);
                active.forEach(catchUp -> catchUp.passed(position));
            } catch (OffsetOutOfRangeException e) {
                seek();
            }
        }

        private void offer(ConsumerRecord<String, byte[]> record) {
            LoggedEvent event = null;
            for (int i = active.size() - 1; i >= 0; i--) {
                CatchUp catchUp = active.get(i);
                if (record.offset() >= catchUp.next() && catchUp.key().equals(record.key())) {
                    event = event == null ? KafkaEventRecords.read(record) : event;
                    if (event != null && !taken(catchUp, event)) {
                        active.remove(i);
                    }
                }
            }
        }

        /** False where the client has no room: it leaves, and comes back from this place when it has. */
        private boolean taken(CatchUp catchUp, LoggedEvent event) {
            Subscription subscription = catchUp.subscription();
            if (subscription.replay(event, () -> catchUp(subscription))) {
                return true;
            }
            catchUp.leave();
            return false;
        }

        /** Lets go of those that have met the follower, can't any more, or are gone. */
        private void settle() {
            active.removeIf(c -> c.subscription().closed() || (c.exceeds(budget) && gap(c)) || met(c));
        }

        private boolean met(CatchUp catchUp) {
            Subscription subscription = catchUp.subscription();
            if (!catchUp.joined()) {
                if (catchUp.next() < follower.position(partition.partition())) {
                    return false;
                }
                subscription.join();
                hub.add(subscription);
                catchUp.join(follower.position(partition.partition()));
            }
            if (!catchUp.complete()) {
                return false;
            }
            if (!subscription.goLive(catchUp.next(), true)) {
                catchUp.leave();
                return false;
            }
            metrics.caughtUp(System.nanoTime() - catchUp.since());
            return true;
        }

        private boolean gap(CatchUp catchUp) {
            Subscription subscription = catchUp.subscription();
            subscription.join();
            hub.add(subscription);
            subscription.gap(follower.position(partition.partition()));
            metrics.gap();
            return true;
        }

        /** Takes in cursors at or after this place; the others wait for the next pass. */
        private void admit() {
            boolean young = System.nanoTime() - begun < ADMITS_FOR_NANOS;
            for (CatchUp late : young ? arrived(partition.partition()) : List.<CatchUp>of()) {
                if (!active.isEmpty() && late.next() >= consumer.position(partition)) {
                    active.add(late);
                } else {
                    enqueue(late);
                }
            }
        }
    }
}
