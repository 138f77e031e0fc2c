package io.turnlane.gateway.turns.deliver;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Fetches of a consumer that the broker answers. A consumer that has lost its broker continues to return empty polls.
 * The broker answers a fetch at least once per {@link io.turnlane.log.KafkaPollThread#POLL}. If the consumer's metric
 * of answered fetches does not increase, the broker is unavailable.
 *
 * <p>Threading: the thread that polls calls {@link #polled}. Any thread may call {@link #areAnswered}.
 */
final class KafkaFetches {

    /**
     * Time without an answered fetch after which the broker counts as unavailable, in nanoseconds. The time is longer
     * than a garbage collection pause of the gateway or the broker, and shorter than the timeout of a client.
     */
    private static final long MAX_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Metric count;
    private double answered;
    private volatile long lastAnswerNanos = System.nanoTime();

    /** Creates an object for a consumer whose broker has just answered another call. */
    KafkaFetches(Consumer<?, ?> consumer) {
        this.count = consumer.metrics().entrySet().stream()
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

    /** Reads the metric after a poll. */
    void polled() {
        double now = (double) count.metricValue();
        if (now != answered) {
            answered = now;
            lastAnswerNanos = System.nanoTime();
        }
    }

    boolean areAnswered() {
        return System.nanoTime() - lastAnswerNanos < MAX_SILENCE_NANOS;
    }
}
