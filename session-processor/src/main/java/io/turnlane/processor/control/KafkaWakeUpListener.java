package io.turnlane.processor.control;

import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the control topic from its end at the start on, without a group: every processor reads all of it, and whoever
 * owns the turn acts on it. What was said before stands in the request's record, which is looked at whenever a turn
 * begins.
 *
 * <p>Threading: started and stopped by one thread; a platform thread of its own reads, and calls the listener, which
 * must not block. Any thread may ask whether that one is {@linkplain #hasFailed broken}.
 */
public final class KafkaWakeUpListener {

    private static final Logger log = LoggerFactory.getLogger(KafkaWakeUpListener.class);
    private static final Duration ONE_POLL = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
    private static final Duration STOPPING = Duration.ofSeconds(3);

    private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
    private final String topic;
    private final BiConsumer<SessionKey, RequestId> listener;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Consumer<byte[], byte[]> consumer;
    private volatile @Nullable Thread reader;

    /**
     * @param consumers makes a consumer without a group that begins at the end where its place is gone
     * @param listener is told of turns that nobody wants any more; most are others'
     */
    public KafkaWakeUpListener(
            Supplier<? extends Consumer<byte[], byte[]>> consumers,
            String topic,
            BiConsumer<SessionKey, RequestId> listener) {
        this.consumers = consumers;
        this.topic = topic;
        this.listener = listener;
    }

    /** Returns when it is known where to read from: whatever is said from now on will be heard. */
    public void start() {
        Consumer<byte[], byte[]> fresh = consumers.get();
        List<TopicPartition> all = fresh.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        fresh.assign(all);
        fresh.seekToEnd(all);
        all.forEach(fresh::position);
        consumer = fresh;
        reader = Thread.ofPlatform().name("turnlane-control").start(() -> read(fresh));
    }

    /**
     * Whether the reading has ended though nobody stopped it: then cancels are found only by whoever begins or stores.
     */
    public boolean hasFailed() {
        Thread reads = reader;
        return reads != null && !reads.isAlive() && stopping.getCount() > 0;
    }

    private void read(Consumer<byte[], byte[]> from) {
        try (from) {
            while (stopping.getCount() > 0) {
                readSome(from);
            }
        } catch (WakeupException e) {
            return; // stopping
        } catch (Error e) {
            log.atError().setCause(e).log("control thread ends; cancels come late from now on");
            throw e;
        }
    }

    private void readSome(Consumer<byte[], byte[]> from) {
        try {
            from.poll(ONE_POLL).forEach(this::hear);
        } catch (WakeupException e) {
            throw e;
        } catch (RuntimeException e) { // whatever it is: without this thread cancels come late
            log.atWarn().setCause(e).log("control topic not read; going on");
            breathe();
        }
    }

    private void hear(ConsumerRecord<byte[], byte[]> record) {
        try {
            String request = header(record, RecordHeaders.REQUEST_ID);
            if (WakeUp.TYPE.equals(header(record, RecordHeaders.TYPE)) && record.key() != null && request != null) {
                listener.accept(
                        SessionKey.parse(new String(record.key(), StandardCharsets.UTF_8)), RequestId.parse(request));
            }
        } catch (RuntimeException e) { // one that can't be read, or a mistake of ours: those behind it count
            log.atWarn().addKeyValue("offset", record.offset()).setCause(e).log("wake-up not heard");
        }
    }

    private static @Nullable String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private void breathe() {
        try {
            var _ = stopping.await(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopping.countDown();
        }
    }

    /** Ends the reading. Called after the last turn has ended. */
    public void stop() {
        stopping.countDown();
        if (consumer != null) {
            consumer.wakeup();
        }
        Thread reads = reader;
        try {
            if (reads != null) {
                reads.join(STOPPING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
