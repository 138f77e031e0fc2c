package io.turnlane.log;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread that owns a Kafka consumer and runs a {@link PollTask} until it is stopped. After each failure it runs the
 * task again with a new consumer.
 *
 * <p>Threading: the task runs on this thread only. The owner calls {@link #start} and then {@link #close}. Any thread
 * may call {@link #isStopping} and {@link #markReady}.
 */
public final class KafkaPollThread implements AutoCloseable {

    /** Maximum time for which a poll waits for records. */
    public static final Duration POLL = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(KafkaPollThread.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** Minimum delay if Kafka denies the access, which only an operator can correct. */
    private static final Duration DENIED_RETRY = Duration.ofSeconds(5);

    private final KafkaLogConsumerFactory consumers;
    private final String name;
    private final Duration retry;
    private final PollTask task;
    private final FailureHandler failures;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch firstReady = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Consumer<String, byte[]> consumer;

    /** Task that reads from the thread's consumer. */
    @FunctionalInterface
    public interface PollTask {

        /**
         * Reads from the consumer until {@link #isStopping} returns true. If the task throws, it is run again with a
         * new consumer.
         */
        void read(Consumer<String, byte[]> consumer) throws Exception;
    }

    /** Receives the exception of a failed task, before the task is run again. */
    @FunctionalInterface
    public interface FailureHandler {
        void onFailure(Exception cause);
    }

    /**
     * Creates the thread without starting it.
     *
     * @param name name of the thread and of its consumer
     * @param retry delay after a failure
     */
    @SuppressWarnings("this-escape") // it runs later, in start()
    public KafkaPollThread(
            KafkaLogConsumerFactory consumers, String name, Duration retry, PollTask task, FailureHandler failures) {
        this.consumers = consumers;
        this.name = name;
        this.retry = retry;
        this.task = task;
        this.failures = failures;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /**
     * Starts the thread and waits up to {@code timeout} for {@link #markReady}. Returns false if the timeout passes
     * first.
     */
    public boolean start(Duration timeout) {
        thread.start();
        try {
            return firstReady.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Makes {@link #start} return true. The task calls this method when it has reached its topic. */
    public void markReady() {
        firstReady.countDown();
    }

    /** Returns true once {@link #close} has been called. */
    public boolean isStopping() {
        return stopped.getCount() == 0;
    }

    private void run() {
        while (!isStopping()) {
            try (Consumer<String, byte[]> created = consumers.create(name, POLL)) {
                consumer = created;
                task.read(created);
            } catch (WakeupException | InterruptException e) {
                LOG.debug("poll thread woken up");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                failures.onFailure(e);
                pause(KafkaProblem.of(e).isPresent() && retry.compareTo(DENIED_RETRY) < 0 ? DENIED_RETRY : retry);
            }
        }
    }

    private void pause(Duration delay) {
        try {
            boolean stopping = stopped.await(delay.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("delay after a failure ended, stopping: {}", stopping);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the task and waits up to 5 s until the thread has ended. */
    @Override
    public void close() {
        stopped.countDown();
        Consumer<String, byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
