package io.turnlane.processor.rebuild.recall;

import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.past.KafkaLogPass;
import io.turnlane.processor.past.KafkaRecordDispatcher;
import io.turnlane.processor.turn.Turn.LogUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;

/**
 * Reads the log with consumers that have no group. Keeps idle consumers for later passes. The number of consumers grows
 * with the number of concurrent passes, which callers must limit. Thread-safe: each pass uses its own consumer.
 */
public final class KafkaSessionLog implements SessionLog, AutoCloseable {

    private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
    private final Queue<Consumer<byte[], byte[]>> idle = new ConcurrentLinkedQueue<>();
    private final Topics topics;
    private final RecallWindow window;
    private final InstantSource clock;
    private final WireFormat wire;
    private volatile boolean closed;

    /**
     * Part of the log that a pass reads.
     *
     * @param events maximum age of the events that a pass reads; not longer than the retention of events
     * @param turns additional age of the commands that a pass reads, because a question can be much older than the
     *     events of its turn
     * @param slack maximum difference between the clocks of gateways and processors
     */
    public record RecallWindow(Duration events, Duration turns, Duration slack) {}

    /**
     * @param consumers creates a consumer without a group. If retention deletes records that the consumer has not read,
     *     it must continue at the first existing record
     */
    public KafkaSessionLog(
            Supplier<? extends Consumer<byte[], byte[]>> consumers,
            Topics topics,
            RecallWindow window,
            InstantSource clock,
            WireFormat wire) {
        this.consumers = consumers;
        this.topics = topics;
        this.window = window;
        this.clock = clock;
        this.wire = wire;
    }

    @Override
    public boolean readPartition(int partition, long firstOpen, RecallCollector collector, BooleanSupplier proceed) {
        Consumer<byte[], byte[]> pooled = idle.poll();
        Consumer<byte[], byte[]> consumer = pooled == null ? consumers.get() : pooled;
        boolean succeeded = false;
        try {
            Instant events = clock.instant().minus(window.events());
            KafkaLogPass pass = new KafkaLogPass(
                    consumer, topics, partition, window.slack(), new KafkaRecordDispatcher(collector, wire));
            boolean complete =
                    pass.seekTo(events.minus(window.turns()), firstOpen, events).run(proceed);
            succeeded = true;
            return complete;
        } catch (KafkaException e) {
            throw new LogUnavailableException("a pass over the log failed", e);
        } finally {
            release(consumer, succeeded);
        }
    }

    private void release(Consumer<byte[], byte[]> consumer, boolean succeeded) {
        if (succeeded && !closed) {
            consumer.unsubscribe();
            idle.add(consumer);
        } else {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /** Closes idle consumers. A consumer in use is closed when its pass ends. */
    @Override
    public void close() {
        closed = true;
        for (Consumer<byte[], byte[]> consumer = idle.poll(); consumer != null; consumer = idle.poll()) {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }
}
