package io.turnlane.gateway.kafka;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.log.KafkaLogConsumerFactory;
import io.turnlane.model.ErrorCode;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;

/**
 * Pool of a few Kafka consumers for HTTP requests that read topics. A consumer serves one request at a time. It is
 * created on first use and closed after a failure.
 *
 * <p>Threading: safe for use by multiple threads. The semaphore bounds the number of consumers in use; a consumer is
 * either used by one thread or idle.
 */
public final class KafkaConsumerPool implements AutoCloseable {

    private static final int MAX_CONSUMERS = 2;

    /** Maximum time to wait for a consumer, and for a record that exists. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration FETCH_WAIT = Duration.ofMillis(10);

    private final KafkaLogConsumerFactory consumers;
    private final String role;
    private final Semaphore slots = new Semaphore(MAX_CONSUMERS);
    private final Deque<Consumer<String, byte[]>> idle = new ConcurrentLinkedDeque<>();

    /** @param role name of the consumers in the metrics of the broker */
    public KafkaConsumerPool(KafkaLogConsumerFactory consumers, String role) {
        this.consumers = consumers;
        this.role = role;
    }

    /**
     * Runs a task with a consumer of the pool.
     *
     * @throws ProblemDetailException if no consumer becomes free within 5 s, or if Kafka is unavailable
     */
    public <T> T withConsumer(Function<Consumer<String, byte[]>, T> work) {
        if (!acquire()) {
            throw new ProblemDetailException(
                    ErrorCode.OVERLOADED, "Too many requests read the log at the moment. Retry later.");
        }
        try {
            return runWithConsumer(work);
        } finally {
            slots.release();
        }
    }

    private boolean acquire() {
        try {
            return slots.tryAcquire(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private <T> T runWithConsumer(Function<Consumer<String, byte[]>, T> work) {
        Consumer<String, byte[]> pooled = idle.poll();
        Consumer<String, byte[]> consumer = pooled == null ? consumers.create(role, FETCH_WAIT) : pooled;
        boolean healthy = false;
        try {
            T result = work.apply(consumer);
            healthy = true;
            return result;
        } catch (KafkaException e) {
            throw new ProblemDetailException(ErrorCode.UNAVAILABLE, "Kafka is unavailable. Retry later.", e);
        } finally {
            if (healthy) {
                idle.push(consumer);
            } else {
                consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    @Override
    public void close() {
        for (Consumer<String, byte[]> consumer = idle.poll(); consumer != null; consumer = idle.poll()) {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
        }
    }
}
