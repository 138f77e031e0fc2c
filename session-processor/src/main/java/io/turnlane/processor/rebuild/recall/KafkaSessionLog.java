package io.turnlane.processor.rebuild.recall;

import io.turnlane.model.Topics;
import io.turnlane.model.WireFormat;
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
 * Reads the log with consumers of its own, without a group; those that aren't needed are kept for the next pass. As
 * many passes run at once as its callers allow. Safe for threads; each pass uses a consumer of its own.
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
     * Which part of the log counts.
     *
     * @param events how far back events are read: as long as they are kept for certain
     * @param turns how much further back questions are read, for turns that waited or took long
     * @param slack how much the clocks of gateways and processors may differ
     */
    public record RecallWindow(Duration events, Duration turns, Duration slack) {}

    /** @param consumers makes a consumer without a group, which neither commits nor resets its offsets */
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
    public boolean readPartition(int partition, SessionLogListener listener, BooleanSupplier goOn) {
        Consumer<byte[], byte[]> kept = idle.poll();
        Consumer<byte[], byte[]> consumer = kept == null ? consumers.get() : kept;
        boolean fine = false;
        try {
            Instant events = clock.instant().minus(window.events());
            KafkaLogPass pass = new KafkaLogPass(
                    consumer, topics, partition, window.slack(), new KafkaRecordDispatcher(listener, wire));
            boolean whole = pass.seekTo(events.minus(window.turns()), events).run(goOn);
            fine = true;
            return whole;
        } catch (KafkaException e) {
            throw new LogUnavailableException("a pass over the log failed", e);
        } finally {
            giveBack(consumer, fine);
        }
    }

    private void giveBack(Consumer<byte[], byte[]> consumer, boolean fine) {
        if (fine && !closed) {
            consumer.unsubscribe();
            idle.add(consumer);
        } else {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /** Closes those that are idle; one that is still used closes when its pass ends. */
    @Override
    public void close() {
        closed = true;
        for (Consumer<byte[], byte[]> consumer = idle.poll(); consumer != null; consumer = idle.poll()) {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }
}
