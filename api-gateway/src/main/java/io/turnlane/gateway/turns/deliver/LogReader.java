package io.turnlane.gateway.turns.deliver;

import io.turnlane.log.KafkaLogConsumerFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the log the events that resuming clients have missed. Delivers them to each client until it reaches the
 * position of the follower (this gateway's consumer of new events). A few threads, each with its own consumer, read the
 * log. One pass over a partition serves all catch-ups that wait for this partition. A catch-up that arrives in the
 * first second of a pass can join it if the pass has not yet read past the offset where the catch-up starts.
 *
 * <p>A client whose outbox is full leaves the pass, so that the other clients don't wait for it. Its catch-up is queued
 * again when the outbox has room. If a catch-up exceeds its {@link CatchUp.CatchUpBudget}, the client gets a
 * {@code gap}.
 *
 * <p>Threading: any thread may call {@link #catchUp}. This object's monitor guards all mutable fields. Only one thread
 * at a time reads a partition, and only that thread uses the catch-ups of its pass.
 */
final class LogReader implements LogPass.CatchUpQueue, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final long RETRY_NANOS = 1_000_000_000;

    /**
     * Maximum time for which the broker holds a fetch without records. It is short, so that a reader at the end of the
     * log can soon begin its next pass.
     */
    private static final Duration FETCH_WAIT = Duration.ofMillis(10);

    private final KafkaLogConsumerFactory consumers;
    private final String topic;
    private final LogPass.PassContext context;
    private final List<Thread> threads;

    /**
     * Waiting catch-ups by partition. A reader takes the first partition that has no reader, and moves it to the end.
     */
    private final SequencedMap<Integer, Queue<CatchUp>> waiting = new LinkedHashMap<>();

    private final Set<Integer> busy = new HashSet<>();
    /**
     * Partitions whose last pass served only near clients. The next pass of such a partition serves its far clients, so
     * that a steady arrival of near clients cannot starve them.
     */
    private final Set<Integer> farNext = new HashSet<>();

    private final Set<Consumer<String, byte[]>> open = new HashSet<>();
    private boolean stopping;

    @SuppressWarnings("this-escape") // threads start later, in start()
    LogReader(
            KafkaLogConsumerFactory consumers,
            String topic,
            EventFollower follower,
            SubscriptionRegistry registry,
            int readers,
            CatchUp.CatchUpBudget budget,
            DeliveryMetrics metrics) {
        this.consumers = consumers;
        this.topic = topic;
        this.context = new LogPass.PassContext(follower, registry, budget, metrics, this);
        this.threads = IntStream.range(0, readers)
                .mapToObj(i ->
                        Thread.ofPlatform().name("log-reader-" + i).daemon().unstarted(() -> run("log-reader-" + i)))
                .toList();
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Queues a catch-up, which delivers the missed events to this subscription. */
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
                LOG.atError().setCause(e).log("catch-up reader failed, restarting it");
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
            TopicPartition of = new TopicPartition(topic, partition);
            LogPass pass = new LogPass(context, consumer, of, nearFirst(partition));
            try {
                pass.run();
            } finally {
                release(partition, pass);
            }
        }
    }

    /**
     * Returns the next partition that has waiting catch-ups and no reader. Blocks until there is such a partition.
     * Returns null if the reader is stopping or the thread is interrupted.
     */
    private synchronized @Nullable Integer claim() {
        while (!stopping) {
            for (Map.Entry<Integer, Queue<CatchUp>> next : waiting.entrySet()) {
                if (busy.add(next.getKey())) {
                    waiting.putLast(next.getKey(), next.getValue());
                    return next.getKey();
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

    private synchronized boolean nearFirst(int partition) {
        return !farNext.contains(partition);
    }

    private synchronized void release(int partition, LogPass pass) {
        busy.remove(partition);
        if (pass.servesNearClients()) {
            farNext.add(partition);
        } else {
            farNext.remove(partition);
        }
        List<CatchUp> unfinished = pass.unfinished();
        if (!unfinished.isEmpty()) {
            waiting.computeIfAbsent(partition, _ -> new ArrayDeque<>()).addAll(unfinished);
        }
        notifyAll();
    }

    @Override
    public synchronized List<CatchUp> takeMatching(int partition, Predicate<CatchUp> filter) {
        Queue<CatchUp> queue = waiting.get(partition);
        if (queue == null) {
            return List.of();
        }
        List<CatchUp> taken = new ArrayList<>();
        queue.removeIf(catchUp -> filter.test(catchUp) && taken.add(catchUp));
        if (queue.isEmpty()) {
            waiting.remove(partition);
        }
        return taken;
    }

    @Override
    public synchronized boolean anyWaiting(int partition, Predicate<CatchUp> filter) {
        Queue<CatchUp> queue = waiting.get(partition);
        return queue != null && queue.stream().anyMatch(filter);
    }

    @Override
    public void requeue(Subscription subscription) {
        catchUp(subscription);
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

    /** Stops all readers. Clients that are still behind are disconnected by {@link EventStreams#disconnectClients}. */
    @Override
    public synchronized void close() {
        stopping = true;
        open.forEach(Consumer::wakeup);
        notifyAll();
    }
}
