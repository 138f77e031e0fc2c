package io.turnlane.gateway.deliver;

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
 * Brings clients that are behind up to where the follower stands. A few threads with a consumer each; a pass over a
 * partition serves all cursors that wait on it, and takes in those that come meanwhile.
 *
 * <p>A client without room in its outbox leaves the pass, so that it holds nobody up, and comes back when its writer
 * has made room. One that is further behind than the budget gets a {@code gap}.
 *
 * <p>Threading: {@link #catchUp} may be called by anybody. All fields that change are guarded by this object's monitor;
 * a partition is read by one thread at a time, which alone has that pass's catch-ups.
 */
final class LogReader implements LogPass.CatchUpQueue, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final long RETRY_NANOS = 1_000_000_000;

    /** A reader has no use for waiting at the log's end, and its next pass can't begin before the fetch is back. */
    private static final Duration FETCH_WAIT = Duration.ofMillis(10);

    private final LogConsumerFactory consumers;
    private final String topic;
    private final LogPass.PassContext around;
    private final List<Thread> threads;

    /** Whose partition comes first is read first, and goes to the end of the line with each pass. */
    private final SequencedMap<Integer, Queue<CatchUp>> waiting = new LinkedHashMap<>();

    private final Set<Integer> busy = new HashSet<>();
    /**
     * Partitions whose last pass was for near clients only: however many of these come, the far ones have their turn.
     */
    private final Set<Integer> farNext = new HashSet<>();

    private final Set<Consumer<String, byte[]>> open = new HashSet<>();
    private boolean stopping;

    @SuppressWarnings("this-escape") // threads start later, in start()
    LogReader(
            LogConsumerFactory consumers,
            String topic,
            EventFollower follower,
            SubscriptionRegistry hub,
            int readers,
            CatchUp.CatchUpBudget budget,
            DeliveryMetrics metrics) {
        this.consumers = consumers;
        this.topic = topic;
        this.around = new LogPass.PassContext(follower, hub, budget, metrics, this);
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
            TopicPartition of = new TopicPartition(topic, partition);
            LogPass pass = new LogPass(around, consumer, of, nearFirst(partition));
            try {
                pass.run();
            } finally {
                release(partition, pass);
            }
        }
    }

    /** The next partition on which somebody waits and nobody reads; null when stopping. */
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
    public synchronized List<CatchUp> takeMatching(int partition, Predicate<CatchUp> meant) {
        Queue<CatchUp> queue = waiting.get(partition);
        if (queue == null) {
            return List.of();
        }
        List<CatchUp> taken = new ArrayList<>();
        queue.removeIf(catchUp -> meant.test(catchUp) && taken.add(catchUp));
        if (queue.isEmpty()) {
            waiting.remove(partition);
        }
        return taken;
    }

    @Override
    public synchronized boolean anyWaiting(int partition, Predicate<CatchUp> meant) {
        Queue<CatchUp> queue = waiting.get(partition);
        return queue != null && queue.stream().anyMatch(meant);
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

    /** Stops all readers; clients that were behind are the shutdown's business. */
    @Override
    public synchronized void close() {
        stopping = true;
        open.forEach(Consumer::wakeup);
        notifyAll();
    }
}
