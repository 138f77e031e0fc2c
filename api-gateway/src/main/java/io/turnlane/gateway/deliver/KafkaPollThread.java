package io.turnlane.gateway.deliver;

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
 * A thread that has a consumer of its own and reads until it is stopped, with a new consumer after each failure.
 *
 * <p>Threading: the reading runs on this thread alone. {@link #start} and {@link #close} are called by whoever owns it,
 * one after the other; {@link #isStopping} and {@link #markReady} by any thread.
 */
public final class KafkaPollThread implements AutoCloseable {

    /** The longest that a poll waits for records. */
    public static final Duration POLL = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(KafkaPollThread.class);
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private final LogConsumerFactory consumers;
    private final String name;
    private final Duration retry;
    private final PollTask reading;
    private final FailureHandler failures;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch firstReady = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Consumer<String, byte[]> consumer;

    /** What it does. */
    @FunctionalInterface
    public interface PollTask {

        /** Reads from the consumer until the thread is {@linkplain #isStopping}; throwing begins it anew. */
        void read(Consumer<String, byte[]> consumer) throws Exception;
    }

    /** Is told why a reading failed; it is tried again after that. */
    @FunctionalInterface
    public interface FailureHandler {
        void onFailure(Exception why);
    }

    /**
     * A thread that isn't started yet.
     *
     * @param name of the thread, and of its consumer
     * @param retry pause after a failure
     */
    @SuppressWarnings("this-escape") // it runs later, in start()
    public KafkaPollThread(
            LogConsumerFactory consumers, String name, Duration retry, PollTask reading, FailureHandler failures) {
        this.consumers = consumers;
        this.name = name;
        this.retry = retry;
        this.reading = reading;
        this.failures = failures;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /** Starts, and waits up to {@code patience} until it is {@link #markReady}; false where that took longer. */
    public boolean start(Duration patience) {
        thread.start();
        try {
            return firstReady.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Whoever waits in {@link #start} may go on. */
    public void markReady() {
        firstReady.countDown();
    }

    /** Whether the reading is to end. */
    public boolean isStopping() {
        return stopped.getCount() == 0;
    }

    private void run() {
        while (!isStopping()) {
            try (Consumer<String, byte[]> opened = consumers.create(name, POLL)) {
                consumer = opened;
                reading.read(opened);
            } catch (WakeupException | InterruptException e) {
                LOG.debug("woken up");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                failures.onFailure(e);
                pause();
            }
        }
    }

    private void pause() {
        try {
            boolean stopping = stopped.await(retry.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("waited, stopping: {}", stopping);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops reading; returns when the thread has ended. */
    @Override
    public void close() {
        stopped.countDown();
        Consumer<String, byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            thread.join(LEAVING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
